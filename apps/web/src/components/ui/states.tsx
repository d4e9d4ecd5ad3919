import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError, messageOf } from '../../lib/api-error.ts'
import { cx } from '../../lib/cx.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy-button.tsx'

/** Says what this is, why it is empty, and the one thing that fills it. */
export function EmptyState({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-2 px-4 py-8 sm:px-6">
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="max-w-xl text-ink-2">{children}</div>
      {action && <div className="mt-2 flex flex-wrap gap-2">{action}</div>}
    </div>
  )
}

type ErrorStateProps = { what: string; error: unknown; onRetry?: () => void; compact?: boolean; isPage?: boolean }

/** What failed, why, what to do, and the request id for whoever is asked for help. */
export function ErrorState({ what, error, onRetry, compact = false, isPage = false }: ErrorStateProps) {
  const Title = isPage ? 'h1' : 'p'
  const requestId = error instanceof ApiError ? error.requestId : null
  return (
    <div role="alert" className={cx('flex flex-col items-start gap-2 px-4 sm:px-6', compact ? 'py-3' : 'py-8')}>
      <Title className="flex items-center gap-2 font-semibold">
        <CircleAlert size={16} aria-hidden className="shrink-0 text-failed" />
        {what}
      </Title>
      <p className="max-w-xl text-ink-2">{messageOf(error)}</p>
      {requestId && (
        <p className="flex items-center gap-1 text-sm text-ink-3">
          Request <code className="font-mono text-xs break-all">{requestId}</code>
          <CopyButton text={requestId} label="Copy request id" />
        </p>
      )}
      {onRetry && (
        <Button size="sm" onClick={onRetry} className="mt-1">
          Try again
        </Button>
      )}
    </div>
  )
}

/** Holds the place of rows that are on their way, at their height. */
export function SkeletonRows({ rows = 8, label = 'Loading', isPage = false }: { rows?: number; label?: string; isPage?: boolean }) {
  return (
    <div role="status" aria-label={label}>
      {isPage && <h1 className="sr-only">{label}</h1>}
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="row-h flex items-center gap-4 border-b border-line px-4">
          <span className="skeleton h-3.5 w-3.5" />
          <span className={cx('skeleton h-3', row % 3 === 0 ? 'w-1/3' : row % 3 === 1 ? 'w-1/4' : 'w-2/5')} />
          <span className="skeleton ml-auto h-3 w-16" />
        </div>
      ))}
    </div>
  )
}

export function Skeleton({ className }: { className: string }) {
  return <span aria-hidden className={cx('skeleton block', className)} />
}
