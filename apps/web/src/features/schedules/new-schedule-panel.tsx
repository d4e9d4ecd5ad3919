import type { Id } from '@orrery/shared-types'
import { type ReactNode, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { announce } from '../../components/ui/notices.ts'
import { Panel } from '../../components/ui/panel.tsx'
import { newIdempotencyKey } from '../../lib/api.ts'
import { fieldError, messageOf } from '../../lib/api-error.ts'
import { Fires, useFires } from './fires.tsx'
import { firstPolicy, readPolicy } from './policy.ts'
import { PolicyFields } from './policy-fields.tsx'
import { useCreateSchedule } from './schedule.queries.ts'
import { firstWhen, readWhen, WhenFields, type WhenValues } from './when-fields.tsx'

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
  const [when, setWhen] = useState(firstWhen)
  const [input, setInput] = useState<Record<string, unknown> | null>({})
  const [policyValues, setPolicyValues] = useState(firstPolicy)
  const [tried, setTried] = useState(false)
  const close = () => void navigate('/schedules')
  const asked = readWhen(when)
  const fires = useFires(asked)
  const { policy, errors: policyErrors } = readPolicy(policyValues)
  const submit = () => {
    setTried(true)
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
  const at = (paths: readonly string[]) => complaint(fires.refusal, paths) ?? complaint(create.error, paths)
  const errors = { when: tried && !asked ? missing[when.kind] : at(['/cron', '/everyMs', '/at']), timezone: at(['/timezone']) }
  const general = create.error && !errors.when && !errors.timezone ? messageOf(create.error) : null
  const foot = (
    <Button look="primary" busy={create.isPending} onClick={submit}>
      Create schedule
    </Button>
  )
  return (
    <Panel title="New schedule" label="New schedule" onClose={close} foot={foot}>
      <div className="flex flex-col gap-5">
        <Field label="Workflow" error={tried && !target ? 'Choose what it should run' : undefined} help="Published workflows">
          {workflowPicker({
            value: target?.workflowId,
            onChange: (id, projectId) => setTarget(id && projectId ? { workflowId: id, projectId } : null),
          })}
        </Field>
        <WhenFields values={when} onChange={setWhen} errors={errors} />
        <Part title="Next ten fires">
          <Fires fires={fires} />
        </Part>
        <Part title="When it can’t keep its times">
          <PolicyFields values={policyValues} onChange={setPolicyValues} errors={tried ? policyErrors : {}} />
        </Part>
        {target && <Part title="Input of each run">{inputs({ workflowId: target.workflowId, onChange: setInput })}</Part>}
        <FormError message={tried && !input ? 'Mend the input first' : general} />
      </div>
    </Panel>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">{title}</h3>
      {children}
    </section>
  )
}

const missing: Record<WhenValues['kind'], string> = {
  cron: 'Write a pattern',
  every: 'At least a second',
  once: 'Choose a date and a time',
}

/** What the scheduler says about one of these fields. */
const complaint = (error: Error | null, paths: readonly string[]) =>
  paths.map((path) => fieldError(error, path)).find((message) => message !== undefined)

/** The picker offers ids as the server gave them. */
const toIds = (target: Target) => target as { workflowId: Id<'workflow'>; projectId: Id<'project'> }
