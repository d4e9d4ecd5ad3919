import type { Backfill, Schedule } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Field, Input } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { announce } from '../../components/ui/notices.ts'
import { ApiError, fieldError, messageOf } from '../../lib/api-error.ts'
import { plural, viewerZone } from '../../lib/format.ts'
import { scheduleQueries, useBackfillSchedule } from './schedule.queries.ts'
import { readTime, typedTime } from './typed-time.ts'
import { useSettled } from './use-settled.ts'

const dayMs = 86_400_000
const toMinutes = (at: number) => typedTime(at).slice(0, 16)
const lastDay = () => ({ from: toMinutes(Date.now() - dayMs), to: toMinutes(Date.now()) })

function useDryRun(schedule: Schedule, typed: { from: string; to: string }) {
  const [from, to] = [readTime(typed.from), readTime(typed.to)]
  const range = from !== null && to !== null ? { from, to } : null
  const settled = useSettled(range)
  const asked = settled ?? { from: '', to: '' }
  const query = useQuery({ ...scheduleQueries.dryBackfill(schedule.id, asked), enabled: settled !== null })
  const isCurrent = range !== null && range.from === asked.from && range.to === asked.to
  return { range, error: settled && query.error, dry: isCurrent && !query.isFetching && !query.error ? query.data : undefined }
}

/** Which ticks of the past should have their run, and how many those are before anything starts. */
export function BackfillForm({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const [typed, setTyped] = useState(lastDay)
  const { range, error, dry } = useDryRun(schedule, typed)
  const backfill = useBackfillSchedule(schedule.id)
  const start = () => {
    if (!range || !dry || dry.count === 0) return
    backfill.mutate(range, {
      onSuccess: ({ count }) => {
        announce(`${plural(count, 'run')} will start, a few at a time`)
        onClose()
      },
    })
  }
  const refused = backfill.error ?? error
  const at = (path: string) => fieldError(refused, path)
  const general = refused && !at('/from') && !at('/to') ? messageOf(refused) : null
  return (
    <form
      noValidate
      aria-label="Backfill a range"
      className="flex flex-col gap-4 rounded-md border border-line bg-canvas p-4"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        // the form closes, not the panel around it
        event.preventDefault()
        onClose()
      }}
      onSubmit={(event) => {
        event.preventDefault()
        start()
      }}
    >
      <div className="flex flex-col gap-4">
        <Field label="From" error={at('/from')} help={`By your clock (${viewerZone()})`}>
          <Input
            type="datetime-local"
            autoFocus
            value={typed.from}
            onChange={(event) => setTyped({ ...typed, from: event.target.value })}
          />
        </Field>
        <Field label="To" error={at('/to')}>
          <Input type="datetime-local" value={typed.to} onChange={(event) => setTyped({ ...typed, to: event.target.value })} />
        </Field>
      </div>
      <p role="status" className="text-sm text-ink-2">
        {dry ? found(dry) : refused instanceof ApiError ? 'Mend the range first.' : range ? 'Counting the ticks…' : 'Choose both times.'}
      </p>
      <FormError message={general} />
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" size="sm" look="primary" busy={backfill.isPending} disabled={!dry || dry.count === 0}>
          {dry && dry.count > 0 ? `Start ${plural(dry.count, 'run')}` : 'Start runs'}
        </Button>
      </div>
    </form>
  )
}

function found({ count, alreadyFired }: Backfill): string {
  const had =
    alreadyFired === 0
      ? ''
      : ` ${plural(alreadyFired, 'tick')} of the range ${alreadyFired === 1 ? 'has its run' : 'have their runs'} already.`
  if (count === 0) return `No tick of this range is without a run.${had}`
  return `${plural(count, 'tick')} of this range ${count === 1 ? 'has' : 'have'} no run.${had}`
}
