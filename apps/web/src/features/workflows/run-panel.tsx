import type { Workflow } from '@orrery/shared-types'
import { useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { FormError } from '../../components/ui/form-error.tsx'
import { FormPanel } from '../../components/ui/form-panel.tsx'
import { ErrorState, Skeleton } from '../../components/ui/states.tsx'
import { newIdempotencyKey } from '../../lib/api.ts'
import { ApiError, messageOf } from '../../lib/api-error.ts'
import { InputForm } from './input-form.tsx'
import { readInputs } from './input-specs.ts'
import { useInputs } from './version-inputs.ts'
import { useStartRun } from './workflow.queries.ts'

export function RunPanel({ workflow, onClose }: { workflow: Workflow; onClose: () => void }) {
  const { specs, error, published } = useInputs(workflow.id)
  const [typed, setTyped] = useState<Record<string, string>>({})
  const [tried, setTried] = useState(false)
  const start = useStartRun()
  const navigate = useNavigate()
  const key = useRef(newIdempotencyKey())
  const reading = specs ? readInputs(specs, typed) : null
  const submit = () => {
    setTried(true)
    if (!reading || Object.keys(reading.errors).length > 0) return
    start.mutate(
      { workflowId: workflow.id, input: reading.input, key: key.current },
      { onSuccess: (run) => void navigate(`/runs/${run.id}`), onError: () => (key.current = newIdempotencyKey()) },
    )
  }
  const errors = tried ? { ...serverErrors(start.error), ...reading?.errors } : {}
  const general = start.error && Object.keys(serverErrors(start.error)).length === 0 ? messageOf(start.error) : null
  return (
    <FormPanel title="Start a run" verb="Start run" busy={start.isPending} disabled={!specs} onSubmit={submit} onClose={onClose}>
      <p className="text-ink-2">
        {workflow.name}, version {published}
        {published !== workflow.latestVersion && ` (version ${workflow.latestVersion} is not published)`}
      </p>
      {workflow.pausedAt !== null && (
        <p className="rounded-md bg-blocked-tint px-3 py-2 text-sm text-blocked">
          The workflow is paused: the run is put down now and begins once it is resumed.
        </p>
      )}
      {error ? (
        <ErrorState compact what="The inputs could not be loaded" error={error} />
      ) : specs ? (
        <InputForm specs={specs} typed={typed} errors={errors} onChange={setTyped} />
      ) : (
        <Skeleton className="h-24 w-full" />
      )}
      <FormError message={general} />
    </FormPanel>
  )
}

/** `/input/repo` is about the field `repo`. */
function serverErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {}
  const own = error.fields.filter(({ path }) => path.startsWith('/input/'))
  return Object.fromEntries(own.map(({ path, message }) => [path.split('/')[2] ?? '', message]))
}
