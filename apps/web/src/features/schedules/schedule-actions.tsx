import type { Schedule } from '@orrery/shared-types'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { Button, ButtonLink } from '../../components/ui/button.tsx'
import { ConfirmByName } from '../../components/ui/dialog.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { type ScheduleVerb, useActOnSchedule, useDeleteSchedule, useTriggerSchedule } from './schedule.queries.ts'

const said: Record<ScheduleVerb, string> = { pause: 'Paused', resume: 'Active again' }
const opposite: Record<ScheduleVerb, ScheduleVerb> = { pause: 'resume', resume: 'pause' }

export function ScheduleActions({ schedule, onDeleted }: { schedule: Schedule; onDeleted: () => void }) {
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
      <ButtonLink to={`/schedules/${schedule.id}/edit`}>Edit</ButtonLink>
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
