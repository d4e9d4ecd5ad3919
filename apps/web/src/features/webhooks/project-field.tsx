import type { Id } from '@orrery/shared-types'
import { Field, Select } from '../../components/ui/field.tsx'
import { useProjectScope } from '../../lib/project-scope.ts'
import { roleAtLeast } from '../../lib/roles.ts'

type ProjectFieldProps = { value: Id<'project'> | null; onChange: (id: Id<'project'> | null) => void; error: string | undefined }

/** One of the projects in which one may change webhooks. */
export function ProjectField({ value, onChange, error }: ProjectFieldProps) {
  const { projects } = useProjectScope()
  const managed = projects.filter(({ role }) => roleAtLeast(role, 'manager'))
  return (
    <Field label="Project" error={error} help="Those that you manage">
      <Select value={value ?? ''} onChange={(event) => onChange(managed.find(({ id }) => id === event.target.value)?.id ?? null)}>
        <option value="">Choose a project</option>
        {managed.map((project) => (
          <option key={project.id} value={project.id}>
            {project.name}
          </option>
        ))}
      </Select>
    </Field>
  )
}
