import type { PreviewSchedule, Schedule } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from 'react-router'
import { JsonView } from '../../components/ui/json-view.tsx'
import { Panel } from '../../components/ui/panel.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { useCanOperate } from '../../lib/project-scope.ts'
import { Backfill } from './backfill.tsx'
import { Fires, useFires } from './fires.tsx'
import { Ledger } from './ledger.tsx'
import { scheduleQueries } from './schedule.queries.ts'
import { ScheduleActions } from './schedule-actions.tsx'
import { ScheduleFacts } from './schedule-facts.tsx'
import { Part } from './schedule-fields.tsx'
import { SchedulePolicy } from './schedule-policy.tsx'

export function SchedulePanel() {
  const { scheduleId = '' } = useParams()
  const navigate = useNavigate()
  const { data, error, isPending, refetch } = useQuery(scheduleQueries.detail(scheduleId))
  const canOperate = useCanOperate(data?.projectId ?? '')
  const close = () => void navigate('/schedules')
  return (
    <Panel
      title={data?.workflowName ?? 'Schedule'}
      label="Schedule"
      onClose={close}
      foot={data && canOperate && <ScheduleActions schedule={data} onDeleted={close} />}
    >
      {isPending ? (
        <SkeletonRows rows={6} />
      ) : data ? (
        <Facts schedule={data} canChange={canOperate} />
      ) : (
        <ErrorState compact what="The schedule could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  )
}

function Facts({ schedule, canChange }: { schedule: Schedule; canChange: boolean }) {
  const { id, cron, everyMs, at, timezone, startAt, endAt, createdAt } = schedule
  // a fixed pace is counted from where the schedule began, and H in a pattern stands for this schedule's own value
  const own = { timezone, scheduleId: id, startAt: startAt ?? createdAt, endAt }
  const when = { ...own, ...(cron !== null && { cron }), ...(everyMs !== null && { everyMs }), ...(at !== null && { at }) }
  return (
    <div className="flex flex-col gap-5">
      <ScheduleFacts schedule={schedule} />
      <Part title="When it can’t keep its times">
        <SchedulePolicy schedule={schedule} />
      </Part>
      {schedule.status === 'active' && (
        <Part title="Next ten fires">
          <NextFires when={when} />
        </Part>
      )}
      <Backfill schedule={schedule} canChange={canChange} />
      <Part title="Past ticks">
        <Ledger scheduleId={schedule.id} />
      </Part>
      {Object.keys(schedule.input).length > 0 && (
        <Part title="Input of each run">
          <JsonView value={schedule.input} label="Input" />
        </Part>
      )}
    </div>
  )
}

function NextFires({ when }: { when: PreviewSchedule }) {
  return <Fires fires={useFires(when)} />
}
