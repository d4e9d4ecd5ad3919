import type { Fire, FireOutcome } from '@orrery/shared-types'
import { Check, Circle, Minus, SquareX } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { Freshness } from '../../components/ui/freshness.tsx'
import { ErrorState, Skeleton } from '../../components/ui/states.tsx'
import { At } from '../../components/ui/time.tsx'
import { cx } from '../../lib/cx.ts'
import { duration } from '../../lib/format.ts'
import { useListing } from '../../lib/pages.ts'
import { fireReason, outcomeWords } from './policy-words.ts'
import { scheduleQueries } from './schedule.queries.ts'

const faces: Record<FireOutcome, { Icon: typeof Check; ink: string }> = {
  fired: { Icon: Check, ink: 'text-done' },
  waiting: { Icon: Circle, ink: 'text-queued' },
  skipped: { Icon: Minus, ink: 'text-ink-2' },
  missed: { Icon: SquareX, ink: 'text-failed' },
}

const saysHowLate: ReadonlySet<FireOutcome> = new Set(['fired', 'missed'])

/** What became of each tick, the latest first. */
export function Ledger({ scheduleId }: { scheduleId: string }) {
  const listing = useListing(scheduleQueries.fires(scheduleId))
  if (listing.isPending) return <Skeleton className="h-32 w-full" />
  if (listing.error) return <ErrorState compact what="The past ticks could not be loaded" error={listing.error} onRetry={listing.retry} />
  if (listing.rows.length === 0)
    return <p className="text-sm text-ink-3">No tick has come yet. Each one is kept here: whether it fired, and if not, why.</p>
  return (
    <div className="rounded-md border border-line text-sm">
      <ol aria-label="Past ticks" className="divide-y divide-line">
        {listing.rows.map((fire) => (
          <Tick key={`${fire.fireAt} ${fire.backfill}`} fire={fire} />
        ))}
      </ol>
      <div className="flex min-h-9 items-center justify-between gap-3 border-t border-line px-3">
        {listing.hasMore ? (
          <Button size="sm" look="quiet" busy={listing.isLoadingMore} onClick={listing.loadMore}>
            Show more
          </Button>
        ) : (
          <span className="tnum text-xs text-ink-3">{listing.rows.length} in all</span>
        )}
        <Freshness updatedAt={listing.updatedAt} />
      </div>
    </div>
  )
}

/** One tick. `about` says whose it is, where that isn't plain. */
export function Tick({ fire, about }: { fire: Fire; about?: ReactNode }) {
  const { Icon, ink } = faces[fire.outcome]
  const reason = fireReason(fire)
  return (
    <li className="flex min-h-8 flex-wrap items-center gap-x-3 px-3 py-1">
      <span className={cx('inline-flex w-20 items-center gap-1.5 font-medium', ink)}>
        <Icon size={14} aria-hidden />
        {outcomeWords[fire.outcome]}
      </span>
      <span>
        <At at={fire.fireAt} />
        {fire.until !== null && (
          <>
            {' to '}
            <At at={fire.until} />
          </>
        )}
      </span>
      {about}
      {fire.backfill && <span className="text-xs text-ink-3">backfilled</span>}
      {fire.lateMs !== null && saysHowLate.has(fire.outcome) && !fire.backfill && (
        <span className="tnum text-xs text-ink-3">{duration(Math.max(0, fire.lateMs))} late</span>
      )}
      {fire.runId && (
        <Link to={`/runs/${fire.runId}`} className="link ml-auto" aria-label={`See the run of ${fire.fireAt}`}>
          See the run
        </Link>
      )}
      {reason !== null && <span className="w-full pb-0.5 pl-[5.75rem] text-xs text-ink-2">{reason}</span>}
    </li>
  )
}
