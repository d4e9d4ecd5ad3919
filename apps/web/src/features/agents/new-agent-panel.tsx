import type { Id } from '@orrery/shared-types'
import { useRef, useState } from 'react'
import { type UseFormRegister, useForm } from 'react-hook-form'
import { useNavigate } from 'react-router'
import { Field, Input } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { FormPanel } from '../../components/ui/form-panel.tsx'
import { announce } from '../../components/ui/notices.ts'
import { newIdempotencyKey } from '../../lib/api.ts'
import { placeErrors } from '../../lib/forms.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { useCreateAgent } from './agent.queries.ts'

type Values = { name: string; type: string; capabilities: string; projectIds: Id<'project'>[] }
const fields = ['name', 'type', 'capabilities', 'projectIds'] as const

export const splitWords = (text: string) => [
  ...new Set(
    text
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  ),
]

export function NewAgentPanel() {
  const { current } = useProjectScope()
  const navigate = useNavigate()
  const create = useCreateAgent()
  const key = useRef(newIdempotencyKey())
  const [failure, setFailure] = useState<string | null>(null)
  const form = useForm<Values>({
    defaultValues: { name: '', type: 'assistant', capabilities: '', projectIds: current ? [current.id] : [] },
  })
  const { errors } = form.formState
  const submit = form.handleSubmit(async ({ name, type, capabilities, projectIds }) => {
    setFailure(null)
    try {
      const agent = await create.mutateAsync({
        name: name.trim(),
        type: type.trim(),
        capabilities: splitWords(capabilities),
        projectIds,
        key: key.current,
      })
      announce('The agent is added')
      await navigate(`/agents/${agent.id}`)
    } catch (error) {
      key.current = newIdempotencyKey()
      setFailure(placeErrors(error, fields, form.setError))
    }
  })
  return (
    <FormPanel title="Add agent" verb="Add agent" busy={create.isPending} onSubmit={submit} onClose={() => void navigate('/agents')}>
      <Field label="Name" error={errors.name?.message}>
        <Input
          data-autofocus
          {...form.register('name', { required: 'Give it a name', maxLength: { value: 200, message: 'At most 200 characters' } })}
        />
      </Field>
      <Field label="Type" error={errors.type?.message} help="What kind of program it is: assistant, reviewer, crawler">
        <Input
          {...form.register('type', { required: 'Say what kind it is', maxLength: { value: 60, message: 'At most 60 characters' } })}
        />
      </Field>
      <Field label="Capabilities" optional error={errors.capabilities?.message} help="Words with commas between">
        <Input placeholder="code review, triage" {...form.register('capabilities')} />
      </Field>
      <Projects register={form.register} />
      <FormError message={failure} />
    </FormPanel>
  )
}

function Projects({ register }: { register: UseFormRegister<Values> }) {
  const { projects } = useProjectScope()
  if (projects.length === 0) return null
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-sm font-medium">Projects</legend>
      {projects.map((project) => (
        <label key={project.id} className="flex min-h-7 items-center gap-2 text-sm">
          <input type="checkbox" value={project.id} className="size-4 shrink-0 accent-[var(--accent-fill)]" {...register('projectIds')} />
          <span className="truncate">{project.name}</span>
        </label>
      ))}
    </fieldset>
  )
}
