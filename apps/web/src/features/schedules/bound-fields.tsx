import type { Schedule } from '@orrery/shared-types'
import { Field, Input } from '../../components/ui/field.tsx'
import { viewerZone } from '../../lib/format.ts'
import { readTime, typedTime } from './typed-time.ts'

/** From when and until when a schedule fires, as typed; empty where there is no bound. */
export type BoundValues = { start: string; end: string }
type Bounds = Pick<Schedule, 'startAt' | 'endAt'>

export const noBounds: BoundValues = { start: '', end: '' }
export const boundsOf = ({ startAt, endAt }: Bounds): BoundValues => ({
  start: startAt === null ? '' : typedTime(startAt),
  end: endAt === null ? '' : typedTime(endAt),
})
export const readBounds = ({ start, end }: BoundValues): Bounds => ({ startAt: readTime(start), endAt: readTime(end) })

type BoundFieldsProps = {
  values: BoundValues
  onChange: (values: BoundValues) => void
  errors: { start: string | undefined; end: string | undefined }
}

export function BoundFields({ values, onChange, errors }: BoundFieldsProps) {
  return (
    <div className="flex flex-col gap-4">
      <Field label="Not before" optional error={errors.start} help={`By your clock (${viewerZone()})`}>
        <Input
          type="datetime-local"
          step={1}
          value={values.start}
          onChange={(event) => onChange({ ...values, start: event.target.value })}
        />
      </Field>
      <Field label="Not after" optional error={errors.end}>
        <Input type="datetime-local" step={1} value={values.end} onChange={(event) => onChange({ ...values, end: event.target.value })} />
      </Field>
    </div>
  )
}
