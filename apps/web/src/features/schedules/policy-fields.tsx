import { Field, Input, Select } from '../../components/ui/field.tsx'
import { asCatchUp, asOverlap, asWindowUnit, type PolicyErrors, type PolicyValues } from './policy.ts'
import { catchUpWords, overlapWords } from './policy-words.ts'

type PolicyFieldsProps = { values: PolicyValues; onChange: (values: PolicyValues) => void; errors: PolicyErrors }

/** What happens when a tick can't simply start its run at its time. */
export function PolicyFields({ values, onChange, errors }: PolicyFieldsProps) {
  const set = (change: Partial<PolicyValues>) => onChange({ ...values, ...change })
  return (
    <div className="flex flex-col gap-4">
      <Field label="While an earlier run is still going" help="What a tick does then">
        <Select value={values.overlap} onChange={(event) => set({ overlap: asOverlap(event.target.value) })}>
          <Options words={overlapWords} />
        </Select>
      </Field>
      <Field label="Missed ticks" help="Ticks that nobody could answer in time, as while Orrery was down">
        <Select value={values.catchUp} onChange={(event) => set({ catchUp: asCatchUp(event.target.value) })}>
          <Options words={catchUpWords} />
        </Select>
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        {values.catchUp !== 'none' && (
          <Field label="As far back as" error={errors.window}>
            <div className="flex gap-2">
              <Input
                inputMode="decimal"
                aria-label="As far back as"
                value={values.window}
                onChange={(event) => set({ window: event.target.value })}
              />
              <Select
                aria-label="Unit of how far back"
                value={values.windowUnit}
                onChange={(event) => set({ windowUnit: asWindowUnit(event.target.value) })}
              >
                <option value="m">minutes</option>
                <option value="h">hours</option>
                <option value="d">days</option>
              </Select>
            </div>
          </Field>
        )}
        <Field label="Jitter (seconds)" error={errors.jitter} help="Each fire comes up to so much later">
          <Input inputMode="decimal" value={values.jitterSeconds} onChange={(event) => set({ jitterSeconds: event.target.value })} />
        </Field>
      </div>
    </div>
  )
}

function Options({ words }: { words: Record<string, string> }) {
  return Object.entries(words).map(([value, word]) => (
    <option key={value} value={value}>
      {word}
    </option>
  ))
}
