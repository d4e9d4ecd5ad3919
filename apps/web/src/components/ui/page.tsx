import { type ReactNode, useEffect } from 'react'
import { cx } from '../../lib/cx.ts'

type PageProps = { title: string; answer?: ReactNode; actions?: ReactNode; children: ReactNode; hideTitle?: boolean }

/** A page opens with the sentence that people come for. */
export function Page({ title, answer, actions, children }: PageProps) {
  useTitle(title)
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-4 px-4 pt-5 pb-10 sm:px-6">
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {answer && <div className="mt-0.5 min-h-5 text-base text-ink-2">{answer}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Orrery`
  }, [title])
}

export function Card({
  title,
  aside,
  children,
  className,
}: {
  title?: ReactNode
  aside?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={cx('min-w-0 rounded-md border border-line bg-surface', className)}>
      {title && (
        <div className="flex min-h-10 items-center justify-between gap-3 border-b border-line px-4 py-1.5">
          <h2 className="text-sm font-semibold">{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  )
}
