import { useState } from 'react'
import { ErrorState, Skeleton } from '../../components/ui/states.tsx'
import { InputForm } from './input-form.tsx'
import { readInputs, typedFrom } from './input-specs.ts'
import { useInputs } from './version-inputs.ts'

type WorkflowInputsProps = {
  workflowId: string
  /** The published version unless another is named. */
  version?: number
  initial?: Record<string, unknown>
  onChange: (input: Record<string, unknown> | null) => void
}

/** The inputs of a workflow, for whoever starts, repeats or schedules it. Says null while they can't be used. */
export function WorkflowInputs({ workflowId, version, initial = {}, onChange }: WorkflowInputsProps) {
  const { specs, error } = useInputs(workflowId, version)
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
