import { useRef, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useNavigate } from 'react-router'
import { Field, Input, TextArea } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { FormPanel } from '../../components/ui/form-panel.tsx'
import { newIdempotencyKey } from '../../lib/api.ts'
import { placeErrors } from '../../lib/forms.ts'
import { useCreateProject } from './project.queries.ts'

type Values = { name: string; description: string; dueAt: string }
const fields = ['name', 'description', 'dueAt'] as const

export function NewProjectPanel() {
  const navigate = useNavigate()
  const create = useCreateProject()
  const key = useRef(newIdempotencyKey())
  const [failure, setFailure] = useState<string | null>(null)
  const form = useForm<Values>({ defaultValues: { name: '', description: '', dueAt: '' } })
  const { errors } = form.formState
  const submit = form.handleSubmit(async ({ name, description, dueAt }) => {
    setFailure(null)
    const about = description.trim()
    try {
      const project = await create.mutateAsync({
        name: name.trim(),
        ...(about && { description: about }),
        ...(dueAt && { dueAt: new Date(`${dueAt}T23:59:59`).toISOString() }),
        key: key.current,
      })
      await navigate(`/projects/${project.id}`)
    } catch (error) {
      key.current = newIdempotencyKey()
      setFailure(placeErrors(error, fields, form.setError))
    }
  })
  return (
    <FormPanel
      title="New project"
      verb="Create project"
      busy={create.isPending}
      onSubmit={submit}
      onClose={() => void navigate('/projects')}
    >
      <Field label="Name" error={errors.name?.message}>
        <Input
          data-autofocus
          {...form.register('name', {
            validate: (name) => name.trim() !== '' || 'Give it a name',
            maxLength: { value: 200, message: 'At most 200 characters' },
          })}
        />
      </Field>
      <Field label="Description" optional error={errors.description?.message} help="What it is for, and for whom">
        <TextArea {...form.register('description')} />
      </Field>
      <Field label="Due" optional error={errors.dueAt?.message} help="By the end of this day, by your clock">
        <Input type="date" {...form.register('dueAt')} />
      </Field>
      <FormError message={failure} />
    </FormPanel>
  )
}
