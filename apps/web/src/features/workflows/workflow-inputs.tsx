import { useMemo, useState } from 'react'
import { ErrorState, Skeleton } from '../../components/ui/states.tsx'
import { InputForm } from './input-form.tsx'
import { type InputSpec, readInputs, typedFrom } from './input-specs.ts'
import { useInputs } from './version-inputs.ts'

type WorkflowInputsProps = {
  workflowId: string
  /** The published version unless another is named. */
  version?: number
  initial?: Record<string, unknown>
  /** Inputs that come by themselves where nothing is typed, each with what is said about it. */
  filledIn?: Record<string, string>
  onChange: (input: Record<string, unknown> | null) => void
}

const nothing = {}
const withFill = (spec: InputSpec, description: string | undefined): InputSpec =>
  description === undefined ? spec : { ...spec, required: false, description }

/** The inputs of a workflow, for whoever starts, repeats or schedules it. Says null while they can't be used. */
export function WorkflowInputs({ workflowId, version, initial = {}, filledIn = nothing, onChange }: WorkflowInputsProps) {
  const { specs: declared, error } = useInputs(workflowId, version)
  const specs = useMemo(() => declared?.map((spec) => withFill(spec, filledIn[spec.name])), [declared, filledIn])
  const [typed, setTyped] = useState(() => typedFrom(initial))
  if (error) return <ErrorState compact what="The inputs could not be loaded" error={error} />
  if (!specs) return <Skeleton className="h-8 w-full" />
  const change = (next: Record<string, string>) => {
    setTyped(next)
    const { input, errors } = readInputs(specs, next)
    onChange(Object.keys(errors).length === 0 ? input : null)
  }
  const { errors } = readInputs(specs, typed)
  const touched = Object.fromEntries(Object.entries(errors).filter(([name]) => name in typed))
  return <InputForm specs={specs} typed={typed} errors={touched} onChange={change} />
}
