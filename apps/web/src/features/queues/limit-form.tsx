import { type FormEvent, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Field, Input } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { announce } from '../../components/ui/notices.ts'
import { fieldError, messageOf } from '../../lib/api-error.ts'
import { useSetQueue } from './queue.queries.ts'
import type { PanelQueue } from './queue-names.ts'

const most = 100_000
const shown = (limit: number | null) => (limit === null ? '' : String(limit))

/** How many steps of it may run at a time. */
export function LimitForm({ queue }: { queue: PanelQueue }) {
  const [text, setText] = useState(shown(queue.limit))
  const [tried, setTried] = useState(false)
  const set = useSetQueue()
  const save = (limit: number | null) =>
    set.mutate(
      { name: queue.name, limit, ...(queue.projectId && { projectId: queue.projectId }) },
      {
        onSuccess: () => {
          setText(shown(limit))
          announce(limit === null ? 'There is no limit any more' : `At most ${limit.toLocaleString('en')} at a time`)
        },
      },
    )
  const limit = readLimit(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (limit !== null) save(limit)
  }
  const refusal = fieldError(set.error, '/limit')
  const wrong = tried && limit === null ? `A whole number from 1 to ${most.toLocaleString('en')}` : refusal
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-3 border-t border-line pt-4" aria-label="Limit">
      <Field label="Most steps at a time" error={wrong} help="Holds everywhere within a second. Steps that run already go on.">
        <Input inputMode="numeric" value={text} placeholder="no limit" onChange={(event) => setText(event.target.value)} />
      </Field>
      <FormError message={set.error && !refusal ? messageOf(set.error) : null} />
      <div className="flex justify-end gap-2">
        {queue.limit !== null && (
          <Button size="sm" busy={set.isPending} onClick={() => save(null)}>
            Clear the limit
          </Button>
        )}
        <Button type="submit" size="sm" busy={set.isPending} disabled={text === shown(queue.limit)}>
          Set limit
        </Button>
      </div>
    </form>
  )
}

function readLimit(text: string): number | null {
  const value = Number(text.trim())
  return text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= most ? value : null
}
