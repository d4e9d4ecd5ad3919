import type { ReactNode } from 'react'
import { Logo } from '../../components/ui/logo.tsx'
import { useTitle } from '../../components/ui/page.tsx'

export function AuthFrame({ title, lead, children, foot }: { title: string; lead: string; children: ReactNode; foot: ReactNode }) {
  useTitle(title)
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[14vh] pb-10">
      <div className="w-full max-w-sm">
        <div className="mb-8 flex items-center gap-2.5 text-lg font-semibold tracking-tight">
          <Logo size={26} />
          Orrery
        </div>
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        <p className="mt-1 mb-6 text-ink-2">{lead}</p>
        {children}
        <p className="mt-6 border-t border-line pt-4 text-sm text-ink-2">{foot}</p>
      </div>
    </main>
  )
}
