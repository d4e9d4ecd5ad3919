import type { Schedule } from '@orrery/shared-types'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { announce } from '../../components/ui/notices.ts'
import { messageOf } from '../../lib/api-error.ts'
import { roundDuration } from '../../lib/format.ts'
import { policyChange, policyOf, readPolicy } from './policy.ts'
import { PolicyFields } from './policy-fields.tsx'
import { catchUpWords, overlapWords } from './policy-words.ts'
import { useUpdateSchedule } from './schedule.queries.ts'

/** What a schedule does when it can't keep its times, to read and to change in place. */
export function SchedulePolicy({ schedule, canChange }: { schedule: Schedule; canChange: boolean }) {
  const [editing, setEditing] = useState(false)
  return (
    <section aria-label="When it can’t keep its times" className="flex flex-col gap-2">
      <div className="flex min-h-7 items-center justify-between gap-3">
        <h3 className="text-sm font-medium">When it can’t keep its times</h3>
        {canChange && !editing && (
          <Button size="sm" onClick={() => setEditing(true)}>
            Change
          </Button>
        )}
      </div>
      {editing ? <PolicyForm schedule={schedule} onClose={() => setEditing(false)} /> : <Policy schedule={schedule} />}
    </section>
  )
}

function Policy({ schedule: { overlap, catchUp, catchUpWindowMs, jitterMs } }: { schedule: Schedule }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm [&_dt]:text-ink-3">
      <dt>While an earlier run is going</dt>
      <dd>{overlapWords[overlap]}</dd>
      <dt>Missed ticks</dt>
      <dd>
        {catchUpWords[catchUp]}
        {catchUp !== 'none' && `, up to ${roundDuration(catchUpWindowMs)} back`}
      </dd>
      <dt>Jitter</dt>
      <dd>{jitterMs === 0 ? 'none' : `up to ${roundDuration(jitterMs)} later`}</dd>
    </dl>
  )
}

function PolicyForm({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const [values, setValues] = useState(() => policyOf(schedule))
  const [tried, setTried] = useState(false)
  const [before] = useState(schedule)
  const update = useUpdateSchedule()
  const { policy, errors } = readPolicy(values)
  const save = () => {
    setTried(true)
    if (!policy) return
    const change = policyChange(policy, before)
    if (Object.keys(change).length === 0) return onClose()
    update.mutate(
      { id: schedule.id, change },
      {
        onSuccess: () => {
          announce('The schedule is changed')
          onClose()
        },
      },
    )
  }
  return (
    <form
      noValidate
      aria-label="When it can’t keep its times"
      className="flex flex-col gap-4 rounded-md border border-line bg-canvas p-4"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        // the form closes, not the panel around it
        event.preventDefault()
        onClose()
      }}
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <PolicyFields values={values} onChange={setValues} errors={tried ? errors : {}} />
      <FormError message={update.error ? messageOf(update.error) : null} />
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" size="sm" look="primary" busy={update.isPending}>
          Save
        </Button>
      </div>
    </form>
  )
}
