import { Field, Input, Select, TextArea } from '../../components/ui/field.tsx'
import type { InputSpec } from './input-specs.ts'

type InputFormProps = {
  specs: readonly InputSpec[]
  typed: Record<string, string>
  errors: Record<string, string>
  onChange: (typed: Record<string, string>) => void
}

/** A form made from the inputs that the workflow declares. */
export function InputForm({ specs, typed, errors, onChange }: InputFormProps) {
  if (specs.length === 0) return <p className="text-sm text-ink-3">This workflow takes no input.</p>
  return (
    <div className="flex flex-col gap-4">
      {specs.map((spec) => (
        <Field key={spec.name} label={spec.name} optional={!spec.required} help={spec.description ?? undefined} error={errors[spec.name]}>
          <Control spec={spec} value={typed[spec.name] ?? spec.initial} onChange={(value) => onChange({ ...typed, [spec.name]: value })} />
        </Field>
      ))}
    </div>
  )
}

function Control({ spec, value, onChange }: { spec: InputSpec; value: string; onChange: (value: string) => void }) {
  const choices = spec.choices ?? (spec.type === 'boolean' ? ['true', 'false'] : null)
  if (choices) {
    return (
      <Select value={value} onChange={(event) => onChange(event.target.value)}>
        {!choices.includes(value) && <option value="">Not set</option>}
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </Select>
    )
  }
  if (spec.type === 'object' || spec.type === 'array') {
    return (
      <TextArea
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="font-mono text-sm"
        placeholder={spec.type === 'array' ? '[]' : '{}'}
        spellCheck={false}
      />
    )
  }
  const isNumber = spec.type === 'number' || spec.type === 'integer'
  return (
    <Input value={value} onChange={(event) => onChange(event.target.value)} inputMode={isNumber ? 'decimal' : 'text'} spellCheck={false} />
  )
}
