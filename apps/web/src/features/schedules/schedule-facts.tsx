import type { Schedule } from '@orrery/shared-types'
import { Link } from 'react-router'
import { Ago, Until } from '../../components/ui/time.tsx'
import { duration } from '../../lib/format.ts'
import { ScheduleState, whenText } from './schedule-words.tsx'

/** When a schedule fires and did, and whether it goes on. */
export function ScheduleFacts({ schedule }: { schedule: Schedule }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm [&_dt]:text-ink-3">
      <dt>Status</dt>
      <dd>
        <ScheduleState schedule={schedule} />
        {schedule.pausedReason !== null && (
          <p className="text-ink-2">
            Because {schedule.pausedReason}. Mend that, then resume it: ticks that passed meanwhile are not made up for.
          </p>
        )}
      </dd>
      <dt>When</dt>
      <dd>
        <code className="font-mono">{whenText(schedule)}</code> · {schedule.timezone}
      </dd>
      <dt>Next fire</dt>
      <dd>{schedule.nextFireAt && schedule.status === 'active' ? <Until at={schedule.nextFireAt} /> : 'none'}</dd>
      <dt>Last fire</dt>
      <dd>
        <Ago at={schedule.lastFireAt} fallback="never" />
        {schedule.lastLateMs !== null && `, ${duration(schedule.lastLateMs)} late`}
      </dd>
      <dt>Last run</dt>
      <dd>
        {schedule.lastRunId ? (
          <Link to={`/runs/${schedule.lastRunId}`} className="link">
            See the run
          </Link>
        ) : (
          'none'
        )}
      </dd>
      <dt>All runs</dt>
      <dd>
        <Link to={`/runs?scheduleId=${schedule.id}`} className="link">
          Runs of this schedule
        </Link>
      </dd>
    </dl>
  )
}
