import type { Id } from '@orrery/shared-types'
import { type ReactNode, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { announce } from '../../components/ui/notices.ts'
import { Panel } from '../../components/ui/panel.tsx'
import { newIdempotencyKey } from '../../lib/api.ts'
import { messageOf } from '../../lib/api-error.ts'
import { useFires } from './fires.tsx'
import { readPolicy } from './policy.ts'
import { useCreateSchedule } from './schedule.queries.ts'
import { isAtField, Part, ScheduleFields } from './schedule-fields.tsx'
import { askedBy, firstValues } from './schedule-form.ts'

type Target = { workflowId: string; projectId: string }
export type ScheduleSlots = {
  workflowPicker: (props: { value: string | undefined; onChange: (id: string | null, projectId: string | null) => void }) => ReactNode
  inputs: (props: { workflowId: string; onChange: (input: Record<string, unknown> | null) => void }) => ReactNode
}

export function NewSchedulePanel({ workflowPicker, inputs }: ScheduleSlots) {
  const navigate = useNavigate()
  const create = useCreateSchedule()
  const key = useRef(newIdempotencyKey())
  const [target, setTarget] = useState<Target | null>(null)
  const [values, setValues] = useState(firstValues)
  const [input, setInput] = useState<Record<string, unknown> | null>({})
  const [tried, setTried] = useState(false)
  const asked = askedBy(values)
  const fires = useFires(asked)
  const submit = () => {
    setTried(true)
    const { policy } = readPolicy(values.policy)
    if (!target || !asked || !input || !policy) return
    const { workflowId, projectId } = toIds(target)
    create.mutate(
      { ...asked, ...policy, workflowId, projectId, input, key: key.current },
      {
        onSuccess: (schedule) => {
          announce('The schedule is active')
          void navigate(`/schedules/${schedule.id}`)
        },
        onError: () => (key.current = newIdempotencyKey()),
      },
    )
  }
  const general = create.error && !isAtField(create.error) ? messageOf(create.error) : null
  const foot = (
    <Button look="primary" busy={create.isPending} onClick={submit}>
      Create schedule
    </Button>
  )
  return (
    <Panel title="New schedule" label="New schedule" onClose={() => void navigate('/schedules')} foot={foot}>
      <div className="flex flex-col gap-5">
        <Field label="Workflow" error={tried && !target ? 'Choose what it should run' : undefined} help="Published workflows">
          {workflowPicker({
            value: target?.workflowId,
            onChange: (id, projectId) => setTarget(id && projectId ? { workflowId: id, projectId } : null),
          })}
        </Field>
        <ScheduleFields values={values} onChange={setValues} fires={fires} tried={tried} error={create.error} />
        {target && <Part title="Input of each run">{inputs({ workflowId: target.workflowId, onChange: setInput })}</Part>}
        <FormError message={tried && !input ? 'Mend the input first' : general} />
      </div>
    </Panel>
  )
}

/** The picker offers ids as the server gave them. */
const toIds = (target: Target) => target as { workflowId: Id<'workflow'>; projectId: Id<'project'> }
