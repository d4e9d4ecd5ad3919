import type { CreatedHook, HookScheme, Id } from '@orrery/shared-types'
import { type ReactNode, useState } from 'react'
import { useNavigate } from 'react-router'
import { ButtonLink } from '../../components/ui/button.tsx'
import { Field, Input, Select, TextArea } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { FormPanel } from '../../components/ui/form-panel.tsx'
import { Panel } from '../../components/ui/panel.tsx'
import { ApiError, fieldError, messageOf } from '../../lib/api-error.ts'
import { CallAddress } from './call-address.tsx'
import { useCreateHook } from './hook.queries.ts'
import { readMapping, schemeHelp, schemeWords } from './hook-words.ts'
import { SecretOnce } from './secret-once.tsx'

export type HookSlots = {
  workflowPicker: (props: { value: string | undefined; onChange: (id: string | null, projectId: string | null) => void }) => ReactNode
}

export function NewHookPanel({ workflowPicker }: HookSlots) {
  const navigate = useNavigate()
  const [made, setMade] = useState<CreatedHook | null>(null)
  const close = () => void navigate('/webhooks/hooks')
  if (made === null) return <Form workflowPicker={workflowPicker} onClose={close} onMade={setMade} />
  const foot = (
    <ButtonLink to={`/webhooks/hooks/${made.id}`} look="primary">
      I have it
    </ButtonLink>
  )
  return (
    <Panel title={made.name} label="New hook" onClose={close} foot={foot}>
      <div className="flex flex-col gap-4">
        <CallAddress path={made.path} />
        <SecretOnce secret={made.secret} note={schemeHelp[made.scheme]} />
      </div>
    </Panel>
  )
}

type Target = { workflowId: Id<'workflow'>; projectId: Id<'project'> }
type FormProps = HookSlots & { onClose: () => void; onMade: (made: CreatedHook) => void }
type Values = { target: Target | null; name: string; scheme: HookScheme; mapping: string }
type Errors = Partial<Record<'workflow' | 'name' | 'mapping', string | undefined>>

const firstValues: Values = { target: null, name: '', scheme: 'standard', mapping: '{\n  "title": "${{ body.title }}"\n}' }

function Form({ workflowPicker, onClose, onMade }: FormProps) {
  const create = useCreateHook()
  const [values, setValues] = useState(firstValues)
  const [tried, setTried] = useState(false)
  const read = readMapping(values.mapping)
  const missing: Errors = {
    workflow: values.target ? undefined : 'Choose what it should start',
    name: values.name.trim() === '' ? 'Give it a name' : undefined,
    mapping: read.error,
  }
  const said: Errors = { name: fieldError(create.error, '/name'), mapping: mappingProblems(create.error) }
  const errors: Errors = tried
    ? { workflow: missing.workflow, name: missing.name ?? said.name, mapping: missing.mapping ?? said.mapping }
    : {}
  const submit = () => {
    setTried(true)
    const { target, name, scheme } = values
    if (!target || name.trim() === '' || read.error !== undefined) return
    create.mutate({ ...target, name: name.trim(), scheme, mapping: read.mapping }, { onSuccess: onMade })
  }
  return (
    <FormPanel title="New hook" verb="Create hook" busy={create.isPending} onSubmit={submit} onClose={onClose}>
      <Fields values={values} set={(change) => setValues({ ...values, ...change })} errors={errors} workflowPicker={workflowPicker} />
      <FormError message={create.error && !said.name && !said.mapping ? messageOf(create.error) : null} />
    </FormPanel>
  )
}

type FieldsProps = HookSlots & { values: Values; set: (change: Partial<Values>) => void; errors: Errors }

function Fields({ values: { target, name, scheme, mapping }, set, errors, workflowPicker }: FieldsProps) {
  return (
    <>
      <Field label="Workflow" error={errors.workflow} help="Published workflows">
        {workflowPicker({
          value: target?.workflowId,
          onChange: (id, projectId) => set({ target: id && projectId ? toTarget(id, projectId) : null }),
        })}
      </Field>
      <Field label="Name" error={errors.name}>
        <Input data-autofocus value={name} maxLength={200} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <Field label="How callers sign" help={schemeHelp[scheme]}>
        <Select value={scheme} onChange={(event) => set({ scheme: toScheme(event.target.value) })}>
          {Object.entries(schemeWords).map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </Select>
      </Field>
      <Field
        label="Mapping"
        error={errors.mapping}
        help="The input of each run, as JSON. ${{ … }} reads body, headers and query of the call."
      >
        <TextArea
          className="font-mono text-xs"
          rows={7}
          spellCheck={false}
          value={mapping}
          onChange={(event) => set({ mapping: event.target.value })}
        />
      </Field>
    </>
  )
}

/** Everything that the scheduler says about the mapping. */
function mappingProblems(error: Error | null): string | undefined {
  if (!(error instanceof ApiError)) return undefined
  const mine = error.fields.filter(({ path }) => path.startsWith('/mapping'))
  return mine.length === 0 ? undefined : mine.map(({ path, message }) => `${path.slice('/mapping/'.length)}: ${message}`).join('; ')
}

/** The picker offers ids as the server gave them. */
const toTarget = (workflowId: string, projectId: string) => ({ workflowId, projectId }) as Target
const toScheme = (text: string): HookScheme => (text === 'github' || text === 'token' ? text : 'standard')
