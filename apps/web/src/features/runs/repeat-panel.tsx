import type { Run, Step } from '@orrery/shared-types'
import { type ReactNode, useRef, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { FormError } from '../../components/ui/form-error.tsx'
import { FormPanel } from '../../components/ui/form-panel.tsx'
import { newIdempotencyKey } from '../../lib/api.ts'
import { ApiError, messageOf } from '../../lib/api-error.ts'
import { type Repeat, useRepeatRun } from './run.queries.ts'

type Values = Record<string, unknown>
type InputsProps = { workflowId: string; version: number; initial: Values; onChange: (input: Values | null) => void }
/** What another feature puts into the page of a run. */
export type RunSlots = { inputs: (props: InputsProps) => ReactNode }

/** The address of the form that repeats a run, beside what the page shows already. */
export function repeatTo(search: URLSearchParams, kind: 'replay' | 'fork', stepId?: string): string {
  const next = new URLSearchParams(search)
  next.set('repeat', kind)
  if (stepId) next.set('step', stepId)
  return `?${next}`
}

/** The form for a replay, or for a fork from the selected step, while the address asks for one. */
export function RepeatPanel({ run, inputs }: { run: Run } & RunSlots) {
  const [search, setSearch] = useSearchParams()
  const kind = search.get('repeat')
  const step = kind === 'fork' ? run.steps.find((one) => one.id === search.get('step')) : undefined
  const close = () => setSearch((before) => new URLSearchParams([...before].filter(([name]) => name !== 'repeat')), { replace: true })
  if (kind !== 'replay' && !step) return null
  return <RepeatForm key={step?.id ?? 'replay'} run={run} step={step ?? null} inputs={inputs} onClose={close} />
}

type RepeatFormProps = { run: Run; step: Step | null; onClose: () => void } & RunSlots

function RepeatForm({ run, step, inputs, onClose }: RepeatFormProps) {
  // undefined while the form is as it came, null while what it holds can't be used
  const [input, setInput] = useState<Values | null | undefined>(undefined)
  const [tried, setTried] = useState(false)
  const repeat = useRepeatRun()
  const navigate = useNavigate()
  const key = useRef(newIdempotencyKey())
  const verb = step ? `Fork from ${step.key}` : 'Replay run'
  const submit = () => {
    setTried(true)
    if (input === null) return
    const given = input === undefined ? {} : { input }
    const asked: Repeat = step ? { kind: 'fork', fromStep: step.key, ...given } : { kind: 'replay', ...given }
    repeat.mutate(
      { id: run.id, repeat: asked, key: key.current },
      { onSuccess: (next) => void navigate(`/runs/${next.id}`), onError: () => (key.current = newIdempotencyKey()) },
    )
  }
  const title = step ? `Fork from ${step.key}` : 'Replay this run'
  return (
    <FormPanel
      title={title}
      verb={<span className="max-w-72 truncate">{verb}</span>}
      busy={repeat.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="text-ink-2">
        {step
          ? `A new run of version ${run.workflowVersion} that begins with ${step.key}. Steps that don’t come after it keep their results; this run stays as it is.`
          : `A new run of version ${run.workflowVersion} from the beginning. This run stays as it is.`}
      </p>
      {inputs({ workflowId: run.workflowId, version: run.workflowVersion, initial: valuesOf(run.input), onChange: setInput })}
      <FormError message={tried && input === null ? 'Mend the input first' : repeat.error ? complaint(repeat.error) : null} />
    </FormPanel>
  )
}

const valuesOf = (input: unknown): Values => (typeof input === 'object' && input !== null ? { ...input } : {})

/** What the server says of each input, else what it says at all. */
function complaint(error: Error): string {
  const fields = error instanceof ApiError ? error.fields : []
  return fields.length === 0 ? messageOf(error) : fields.map(({ path, message }) => `${path.split('/').at(-1)}: ${message}`).join('; ')
}
