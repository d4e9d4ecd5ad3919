import type { ReactNode } from 'react'
import type { Listing } from '../../lib/pages.ts'
import { ListFoot } from './list-foot.tsx'
import { ErrorState, Skeleton } from './states.tsx'

type RecordListProps<T> = {
  /** What is listed, as in "Past ticks". */
  label: string
  listing: Listing<T>
  /** What stands there while nothing has happened yet. */
  none: string
  children: (row: T) => ReactNode
}

/** What happened to one thing, the latest first, within its panel: page after page, and how fresh it is. */
export function RecordList<T>({ label, listing, none, children }: RecordListProps<T>) {
  if (listing.isPending) return <Skeleton className="h-32 w-full" />
  if (listing.error)
    return <ErrorState compact what={`The ${label.toLowerCase()} could not be loaded`} error={listing.error} onRetry={listing.retry} />
  if (listing.rows.length === 0) return <p className="text-sm text-ink-3">{none}</p>
  return (
    <div className="rounded-md border border-line text-sm">
      <ol aria-label={label} className="divide-y divide-line">
        {listing.rows.map(children)}
      </ol>
      <ListFoot listing={listing} className="px-3" />
    </div>
  )
}
