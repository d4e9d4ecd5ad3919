import type { PreviewSchedule, Schedule } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmByName } from '../../components/ui/dialog.tsx'
import { JsonView } from '../../components/ui/json-view.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { Panel } from '../../components/ui/panel.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { useCanOperate } from '../../lib/project-scope.ts'
import { Fires, useFires } from './fires.tsx'
import { Ledger } from './ledger.tsx'
import { type ScheduleVerb, scheduleQueries, useActOnSchedule, useDeleteSchedule, useTriggerSchedule } from './schedule.queries.ts'
import { ScheduleFacts } from './schedule-facts.tsx'
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
      foot={data && canOperate && <Actions schedule={data} onDeleted={close} />}
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
      <SchedulePolicy schedule={schedule} canChange={canChange} />
      {schedule.status === 'active' && (
        <section aria-label="Next fires" className="flex flex-col gap-2">
          <h3 className="text-sm font-medium">Next ten fires</h3>
          <NextFires when={when} />
        </section>
      )}
      <section aria-label="Past ticks" className="flex flex-col gap-2">
        <h3 className="text-sm font-medium">Past ticks</h3>
        <Ledger scheduleId={schedule.id} />
      </section>
      {Object.keys(schedule.input).length > 0 && (
        <section aria-label="Input" className="flex flex-col gap-2">
          <h3 className="text-sm font-medium">Input of each run</h3>
          <JsonView value={schedule.input} label="Input" />
        </section>
      )}
    </div>
  )
}

function NextFires({ when }: { when: PreviewSchedule }) {
  return <Fires fires={useFires(when)} />
}

const said: Record<ScheduleVerb, string> = { pause: 'Paused', resume: 'Active again' }
const opposite: Record<ScheduleVerb, ScheduleVerb> = { pause: 'resume', resume: 'pause' }

function Actions({ schedule, onDeleted }: { schedule: Schedule; onDeleted: () => void }) {
  const act = useActOnSchedule()
  const remove = useDeleteSchedule()
  const trigger = useTriggerSchedule()
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const run = (verb: ScheduleVerb) =>
    act.mutate(
      { id: schedule.id, verb },
      {
        onSuccess: () => {
          const back = opposite[verb]
          announce(said[verb], { label: 'Undo', onClick: () => act.mutate({ id: schedule.id, verb: back }) })
        },
        onError: (error) => announceFailure(`Could not ${verb} the schedule`, error),
      },
    )
  const start = () =>
    trigger.mutate(schedule.id, {
      onSuccess: (run) => announce('A run is started', { label: 'See it', onClick: () => void navigate(`/runs/${run.id}`) }),
      onError: (error) => announceFailure('The schedule could not be triggered', error),
    })
  const confirm = () =>
    remove.mutate(schedule.id, {
      onSuccess: () => {
        announce('The schedule is deleted')
        onDeleted()
      },
      onError: (error) => announceFailure('The schedule was not deleted', error),
    })
  return (
    <>
      <Button look="danger" className="mr-auto" onClick={() => setAsking(true)}>
        Delete
      </Button>
      {schedule.status === 'active' && <Button onClick={() => run('pause')}>Pause</Button>}
      {schedule.status === 'paused' && <Button onClick={() => run('resume')}>Resume</Button>}
      <Button look="primary" busy={trigger.isPending} onClick={start}>
        Trigger now
      </Button>
      <ConfirmByName
        open={asking}
        onClose={() => setAsking(false)}
        title="Delete this schedule?"
        verb="Delete schedule"
        typed={schedule.workflowSlug}
        busy={remove.isPending}
        onConfirm={confirm}
      >
        It stops firing and can’t be brought back. Its runs stay. To stop it for a while, pause it instead.
      </ConfirmByName>
    </>
  )
}
