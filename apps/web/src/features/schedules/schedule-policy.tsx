import type { Schedule } from '@orrery/shared-types'
import { roundDuration } from '../../lib/format.ts'
import { catchUpWords, overlapWords } from './policy-words.ts'

/** What a schedule does when it can't keep its times. */
export function SchedulePolicy({ schedule: { overlap, catchUp, catchUpWindowMs, jitterMs } }: { schedule: Schedule }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm [&_dt]:text-ink-3">
      <dt>While an earlier run is going</dt>
      <dd>{overlapWords[overlap]}</dd>
      <dt>Missed ticks</dt>
      <dd>
        {catchUpWords[catchUp]}
        {catchUp !== 'none' && `, up to ${roundDuration(catchUpWindowMs)} back`}
      </dd>
      <dt>Jitter</dt>
      <dd>{jitterMs === 0 ? 'none' : `up to ${roundDuration(jitterMs)} later`}</dd>
    </dl>
  )
}
