import type { BackfillProgress, Schedule } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { At } from '../../components/ui/time.tsx'
import { plural } from '../../lib/format.ts'
import { BackfillForm } from './backfill-form.tsx'
import { scheduleQueries, useStopBackfill } from './schedule.queries.ts'

/** Making up for ticks of the past: what still waits, how to begin and how to stop. */
export function Backfill({ schedule, canChange }: { schedule: Schedule; canChange: boolean }) {
  const [form, setForm] = useState<'not yet' | 'open' | 'closed'>('not yet')
  const section = useRef<HTMLElement>(null)
  const { data, error } = useQuery(scheduleQueries.backfill(schedule.id))
  return (
    <section ref={section} tabIndex={-1} aria-label="Backfill" className="flex flex-col gap-2 outline-none">
      <div className="flex min-h-7 items-center justify-between gap-3">
        <h3 className="text-sm font-medium">Backfill</h3>
        {canChange && form !== 'open' && (
          <Button size="sm" autoFocus={form === 'closed'} onClick={() => setForm('open')}>
            Choose a range
          </Button>
        )}
      </div>
      {error ? (
        <p className="text-sm text-ink-3">How much waits is unknown: it could not be asked.</p>
      ) : (
        data && <Progress schedule={schedule} progress={data} canChange={canChange} onStopped={() => section.current?.focus()} />
      )}
      {form === 'open' && <BackfillForm schedule={schedule} onClose={() => setForm('closed')} />}
    </section>
  )
}

type ProgressProps = { schedule: Schedule; progress: BackfillProgress; canChange: boolean; onStopped: () => void }

function Progress({ schedule, progress: { waiting, first, last }, canChange, onStopped }: ProgressProps) {
  const stop = useStopBackfill(schedule.id)
  if (waiting === 0) return <p className="text-sm text-ink-3">Nothing of the past waits for its run.</p>
  const skip = () =>
    stop.mutate(undefined, {
      onSuccess: ({ count }) => {
        announce(`${plural(count, 'tick')} will start no run; the ledger says that they were skipped`)
        onStopped()
      },
      onError: (error) => announceFailure('The backfill was not stopped', error),
    })
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-line px-3 py-2 text-sm">
      <p role="status" className="min-w-0 flex-1">
        <span className="tnum">{plural(waiting, 'tick')}</span> {waiting === 1 ? 'waits for its run: ' : 'wait for their runs: '}
        <At at={first} />
        {waiting > 1 && (
          <>
            {' to '}
            <At at={last} />
          </>
        )}
        {schedule.status === 'paused' && <span className="block text-ink-2">They go on when the schedule is resumed.</span>}
      </p>
      {canChange && (
        <Button size="sm" look="danger" busy={stop.isPending} onClick={skip}>
          Stop backfill
        </Button>
      )}
    </div>
  )
}
