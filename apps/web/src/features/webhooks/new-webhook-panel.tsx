import type { CreatedWebhook } from '@orrery/shared-types'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { ButtonLink } from '../../components/ui/button.tsx'
import { Field, Input } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { FormPanel } from '../../components/ui/form-panel.tsx'
import { Panel } from '../../components/ui/panel.tsx'
import { fieldError, messageOf } from '../../lib/api-error.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { EventFields } from './event-fields.tsx'
import { type EventChoice, everything } from './event-kinds.ts'
import { ProjectField } from './project-field.tsx'
import { SecretOnce } from './secret-once.tsx'
import { useCreateWebhook } from './webhook.queries.ts'

export function NewWebhookPanel() {
  const navigate = useNavigate()
  const [made, setMade] = useState<CreatedWebhook | null>(null)
  const close = () => void navigate('/webhooks')
  if (made === null) return <Form onClose={close} onMade={setMade} />
  const foot = (
    <ButtonLink to={`/webhooks/${made.id}`} look="primary">
      I have it
    </ButtonLink>
  )
  return (
    <Panel title={made.name} label="New webhook" onClose={close} foot={foot}>
      <SecretOnce secret={made.secret} note="Your receiver checks each signature with it." />
    </Panel>
  )
}

function Form({ onClose, onMade }: { onClose: () => void; onMade: (made: CreatedWebhook) => void }) {
  const { current } = useProjectScope()
  const create = useCreateWebhook()
  const [values, setValues] = useState({ projectId: current?.id ?? null, name: '', url: '', eventTypes: [everything] as EventChoice[] })
  const [tried, setTried] = useState(false)
  const set = (change: Partial<typeof values>) => setValues({ ...values, ...change })
  const { projectId, name, url, eventTypes } = values
  const missing = {
    projectId: projectId === null ? 'Choose a project' : undefined,
    name: name.trim() === '' ? 'Give it a name' : undefined,
    url: URL.canParse(url) ? undefined : 'Write an address, as https://example.com/orrery',
    eventTypes: eventTypes.length === 0 ? 'Choose at least one' : undefined,
  }
  const errorOf = (field: keyof typeof missing) => (tried ? missing[field] : undefined) ?? fieldError(create.error, `/${field}`)
  const submit = () => {
    setTried(true)
    if (projectId === null || Object.values(missing).some(Boolean)) return
    create.mutate({ projectId, name: name.trim(), url, eventTypes }, { onSuccess: onMade })
  }
  const placed = (['projectId', 'name', 'url', 'eventTypes'] as const).some((field) => fieldError(create.error, `/${field}`))
  return (
    <FormPanel title="New webhook" verb="Create webhook" busy={create.isPending} onSubmit={submit} onClose={onClose}>
      <ProjectField value={projectId} onChange={(id) => set({ projectId: id })} error={errorOf('projectId')} />
      <Field label="Name" error={errorOf('name')}>
        <Input data-autofocus value={name} maxLength={200} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <Field label="Address" error={errorOf('url')} help="Where events are sent by POST; private networks are refused unless allowed">
        <Input type="url" value={url} spellCheck={false} onChange={(event) => set({ url: event.target.value.trim() })} />
      </Field>
      <EventFields value={eventTypes} onChange={(types) => set({ eventTypes: types })} error={errorOf('eventTypes')} />
      <FormError message={create.error && !placed ? messageOf(create.error) : null} />
    </FormPanel>
  )
}
