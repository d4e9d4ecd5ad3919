import { type FormEvent, useRef, useState } from 'react'
import { type UseFormReturn, useForm } from 'react-hook-form'
import { useNavigate } from 'react-router'
import { Button, ButtonLink } from '../../components/ui/button.tsx'
import { Field, Input, Select } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { Page } from '../../components/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { newIdempotencyKey } from '../../lib/api.ts'
import { placeErrors, slugOf } from '../../lib/forms.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { useVerdict } from './editor/use-verdict.ts'
import { Workbench } from './editor/workbench.tsx'
import type { UseQueueNames } from './editor-page.tsx'
import { template } from './template.ts'
import { useCreateWorkflow } from './workflow.queries.ts'

type Values = { name: string; slug: string; projectId: `prj_${string}` }
const fields = ['name', 'slug', 'projectId'] as const

export function NewWorkflowPage({ useQueueNames }: { useQueueNames: UseQueueNames }) {
  const { projects, isPending, error, retry, current } = useProjectScope()
  const first = current ?? projects[0]
  if (isPending) return <SkeletonRows isPage rows={12} label="Loading projects" />
  if (error) return <ErrorState isPage what="The projects could not be loaded" error={error} onRetry={retry} />
  if (!first) {
    return (
      <Page title="New workflow">
        <EmptyState
          title="A workflow needs a project"
          action={
            <ButtonLink to="/projects/new" look="primary">
              Create a project
            </ButtonLink>
          }
        >
          A project holds the workflows, schedules and runs of one undertaking, and says who may see and steer them.
        </EmptyState>
      </Page>
    )
  }
  return <NewWorkflow projectId={first.id} useQueueNames={useQueueNames} />
}

function NewWorkflow({ projectId, useQueueNames }: { projectId: Values['projectId']; useQueueNames: UseQueueNames }) {
  const [initial] = useState(() => template(location.origin))
  const [text, setText] = useState(initial)
  const check = useVerdict(text)
  const form = useForm<Values>({ defaultValues: { name: 'First look', slug: 'first-look', projectId } })
  const queues = useQueueNames(form.watch('projectId'))
  const [failure, setFailure] = useState<string | null>(null)
  const key = useRef(newIdempotencyKey())
  const create = useCreateWorkflow()
  const navigate = useNavigate()
  const save = form.handleSubmit(async (values) => {
    setFailure(null)
    try {
      const workflow = await create.mutateAsync({ ...values, definition: text, key: key.current })
      await navigate(`/workflows/${workflow.id}`)
    } catch (error) {
      key.current = newIdempotencyKey()
      setFailure(placeErrors(error, fields, form.setError))
    }
  })
  const submit = () => void save()
  return (
    <Page
      title="New workflow"
      answer="A small one to begin with, that runs as it stands. Change what you like."
      actions={
        <Button look="primary" busy={create.isPending} disabled={check.phase === 'invalid'} onClick={submit}>
          Create workflow
        </Button>
      }
    >
      <NameFields form={form} onSubmit={submit} />
      <FormError message={failure} />
      <Workbench initial={initial} text={text} check={check} queues={queues} onChange={setText} onSave={submit} />
    </Page>
  )
}

function NameFields({ form, onSubmit }: { form: UseFormReturn<Values>; onSubmit: () => void }) {
  const { projects } = useProjectScope()
  const { errors, dirtyFields } = form.formState
  const name = form.register('name', {
    required: 'Give it a name',
    onChange: (event: { target: { value: string } }) => {
      if (!dirtyFields.slug) form.setValue('slug', slugOf(event.target.value))
    },
  })
  const slug = form.register('slug', {
    required: 'Give it a slug',
    pattern: { value: /^[a-z0-9][a-z0-9-]*$/, message: 'Small letters, digits and dashes' },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <form className="grid gap-4 sm:grid-cols-3" noValidate onSubmit={submit}>
      <Field label="Name" error={errors.name?.message}>
        <Input {...name} />
      </Field>
      <Field label="Slug" error={errors.slug?.message} help="Names it in the API and in other workflows">
        <Input {...slug} className="font-mono" spellCheck={false} />
      </Field>
      <Field label="Project" error={errors.projectId?.message}>
        <Select {...form.register('projectId')}>
          {projects.map((project) => (
            <option key={project.id} value={project.id}>
              {project.name}
            </option>
          ))}
        </Select>
      </Field>
      <button type="submit" hidden />
    </form>
  )
}
