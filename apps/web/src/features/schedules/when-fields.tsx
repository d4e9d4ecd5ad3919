import type { PreviewSchedule, Schedule } from '@orrery/shared-types'
import { Field, Input, Select } from '../../components/ui/field.tsx'
import { cx } from '../../lib/cx.ts'
import { viewerZone } from '../../lib/format.ts'
import { readTime, typedTime } from './typed-time.ts'

export type WhenValues = {
  kind: 'cron' | 'every' | 'once'
  cron: string
  every: string
  unit: 's' | 'm' | 'h'
  at: string
  timezone: string
}

export const firstWhen = (): WhenValues => ({ kind: 'cron', cron: '0 9 * * 1-5', every: '15', unit: 'm', at: '', timezone: viewerZone() })

const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }

/** What a schedule says, as it would have been typed. */
export function whenOf({ cron, everyMs, at, timezone }: Pick<Schedule, 'cron' | 'everyMs' | 'at' | 'timezone'>): WhenValues {
  const first = { ...firstWhen(), timezone }
  if (cron !== null) return { ...first, kind: 'cron', cron }
  if (everyMs === null) return { ...first, kind: 'once', at: at === null ? '' : typedTime(at) }
  const unit = everyMs % unitMs.h === 0 ? 'h' : everyMs % unitMs.m === 0 ? 'm' : 's'
  return { ...first, kind: 'every', every: String(everyMs / unitMs[unit]), unit }
}

const kinds = { cron: 'Pattern', every: 'Fixed pace', once: 'Once' } as const

/** What the fields say, in the words of the API; null while they say nothing that could be asked. Only a pattern has a zone of its own. */
export function readWhen(values: WhenValues): PreviewSchedule | null {
  const { kind } = values
  if (kind === 'cron') return values.cron.trim() ? { cron: values.cron.trim(), timezone: values.timezone.trim() } : null
  const timezone = viewerZone()
  if (kind === 'every') {
    const ms = Number(values.every) * unitMs[values.unit]
    return Number.isFinite(ms) && ms >= 1000 ? { everyMs: Math.round(ms), timezone } : null
  }
  const at = readTime(values.at)
  return at === null ? null : { at, timezone }
}

type WhenErrors = { when: string | undefined; timezone: string | undefined }
type WhenFieldsProps = { values: WhenValues; onChange: (values: WhenValues) => void; errors: WhenErrors }

export function WhenFields({ values, onChange, errors }: WhenFieldsProps) {
  const set = (change: Partial<WhenValues>) => onChange({ ...values, ...change })
  return (
    <div className="flex flex-col gap-4">
      <div role="group" aria-label="How often" className="grid grid-cols-3 gap-1 rounded-md bg-raised p-1">
        {(Object.keys(kinds) as WhenValues['kind'][]).map((kind) => (
          <button
            key={kind}
            type="button"
            aria-pressed={values.kind === kind}
            onClick={() => set({ kind })}
            className={cx(
              'h-7 rounded-sm text-sm font-medium pointer-coarse:h-10',
              values.kind === kind ? 'bg-surface text-ink' : 'text-ink-2 hover:text-ink',
            )}
          >
            {kinds[kind]}
          </button>
        ))}
      </div>
      <Kind values={values} set={set} error={errors.when} />
      {values.kind === 'cron' && <Zone values={values} set={set} error={errors.timezone} />}
    </div>
  )
}

type Set = (change: Partial<WhenValues>) => void

function Kind({ values, set, error }: { values: WhenValues; set: Set; error: string | undefined }) {
  if (values.kind === 'cron') {
    return (
      <Field label="Cron pattern" error={error} help="Minute, hour, day, month, weekday; six fields put seconds first. Or @daily, @hourly.">
        <Input value={values.cron} onChange={(event) => set({ cron: event.target.value })} className="font-mono" spellCheck={false} />
      </Field>
    )
  }
  if (values.kind === 'once') {
    return (
      <Field label="Date and time" error={error} help={`By your clock (${viewerZone()})`}>
        <Input type="datetime-local" step={1} value={values.at} onChange={(event) => set({ at: event.target.value })} />
      </Field>
    )
  }
  return (
    <Field label="Every" error={error} help="At least a second">
      <div className="flex gap-2">
        <Input
          inputMode="decimal"
          aria-label="Every how many"
          value={values.every}
          onChange={(event) => set({ every: event.target.value })}
        />
        <Select
          aria-label="Unit"
          value={values.unit}
          onChange={(event) => set({ unit: event.target.value === 's' ? 's' : event.target.value === 'h' ? 'h' : 'm' })}
        >
          <option value="s">seconds</option>
          <option value="m">minutes</option>
          <option value="h">hours</option>
        </Select>
      </div>
    </Field>
  )
}

function Zone({ values, set, error }: { values: WhenValues; set: Set; error: string | undefined }) {
  return (
    <Field
      label="Time zone"
      error={error}
      help="Daylight saving is observed: a time that is skipped fires at the next valid one, a doubled one fires once."
    >
      <Input list="time-zones" value={values.timezone} onChange={(event) => set({ timezone: event.target.value })} spellCheck={false} />
      <datalist id="time-zones">
        {['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </Field>
  )
}
