import type { Fire, FireOutcome } from '@orrery/shared-types'
import { Check, Circle, Minus, SquareX } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { RecordList } from '../../components/ui/record-list.tsx'
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
  return (
    <RecordList
      label="Past ticks"
      listing={useListing(scheduleQueries.fires(scheduleId))}
      none="No tick has come yet. Each one is kept here: whether it fired, and if not, why."
    >
      {(fire) => <Tick key={`${fire.fireAt} ${fire.backfill}`} fire={fire} />}
    </RecordList>
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
