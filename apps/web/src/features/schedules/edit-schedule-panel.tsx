import type { Schedule } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { FormError } from '../../components/ui/form-error.tsx'
import { FormPanel } from '../../components/ui/form-panel.tsx'
import { announce } from '../../components/ui/notices.ts'
import { Panel } from '../../components/ui/panel.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { messageOf } from '../../lib/api-error.ts'
import { useFires } from './fires.tsx'
import { scheduleQueries, useUpdateSchedule } from './schedule.queries.ts'
import { isAtField, Part, ScheduleFields } from './schedule-fields.tsx'
import { askedBy, changeOf, type FormValues, valuesOf } from './schedule-form.ts'

type Input = Record<string, unknown>
type InputsProps = { workflowId: string; initial: Input; onChange: (input: Input | null) => void }
export type EditScheduleSlots = { inputs: (props: InputsProps) => ReactNode }

/** Changes when a schedule fires, with what, and what it does when it can't. */
export function EditSchedulePanel({ inputs }: EditScheduleSlots) {
  const { scheduleId = '' } = useParams()
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery(scheduleQueries.detail(scheduleId))
  const close = () => void navigate(`/schedules/${scheduleId}`)
  if (data) return <EditForm key={data.id} schedule={data} inputs={inputs} onClose={close} />
  return (
    <Panel title="Edit schedule" label="Edit schedule" onClose={close}>
      {error ? (
        <ErrorState compact what="The schedule could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows rows={6} />
      )}
    </Panel>
  )
}

type EditFormProps = EditScheduleSlots & { schedule: Schedule; onClose: () => void }

function EditForm({ schedule, inputs, onClose }: EditFormProps) {
  const [before] = useState(() => valuesOf(schedule))
  const [values, setValues] = useState(before)
  // undefined while it is as it came, null while what it holds can't be used
  const [input, setInput] = useState<Input | null | undefined>(undefined)
  const [tried, setTried] = useState(false)
  const update = useUpdateSchedule()
  const fires = useFires(nextOf(values, schedule))
  const submit = () => {
    setTried(true)
    const change = changeOf(values, before)
    if (!change || input === null) return
    if (Object.keys(change).length === 0 && input === undefined) return announce('Nothing was changed')
    update.mutate(
      { id: schedule.id, change: { ...change, ...(input && { input }) } },
      {
        onSuccess: () => {
          announce('The schedule is changed')
          onClose()
        },
      },
    )
  }
  const general = update.error && !isAtField(update.error) ? messageOf(update.error) : null
  return (
    <FormPanel title={`Edit ${schedule.workflowName}`} verb="Save changes" busy={update.isPending} onSubmit={submit} onClose={onClose}>
      <ScheduleFields values={values} onChange={setValues} fires={fires} tried={tried} error={update.error} />
      <Part title="Input of each run">{inputs({ workflowId: schedule.workflowId, initial: schedule.input, onChange: setInput })}</Part>
      <FormError message={tried && input === null ? 'Mend the input first' : general} />
    </FormPanel>
  )
}

/** A fixed pace is counted from where the schedule began, and H in a pattern stands for this schedule's own value. */
function nextOf(values: FormValues, { id, createdAt }: Schedule) {
  const asked = askedBy(values)
  return asked && { startAt: createdAt, ...asked, scheduleId: id }
}
