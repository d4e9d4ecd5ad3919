import { useQuery } from '@tanstack/react-query'
import { Select } from '../../components/ui/field.tsx'
import { useProjectScope } from '../../lib/project-scope.ts'
import { workflowQueries } from './workflow.queries.ts'

type PickerProps = {
  value: string | undefined
  onChange: (id: string | null, projectId: string | null) => void
  none: string
  label?: string
}

export function WorkflowPicker({ value, onChange, none, label }: PickerProps) {
  const { current } = useProjectScope()
  const { data = [], isPending } = useQuery(workflowQueries.choices(current?.id))
  const pick = (id: string) => onChange(id || null, data.find((workflow) => workflow.id === id)?.projectId ?? null)
  return (
    <Select value={value ?? ''} onChange={(event) => pick(event.target.value)} disabled={isPending} {...(label && { 'aria-label': label })}>
      <option value="">{none}</option>
      {value !== undefined && !data.some((workflow) => workflow.id === value) && <option value={value}>One workflow</option>}
      {data.map((workflow) => (
        <option key={workflow.id} value={workflow.id}>
          {workflow.name}
          {workflow.pausedAt !== null && ' · paused'}
        </option>
      ))}
    </Select>
  )
}
