import type { Id } from '@orrery/shared-types'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Field, TextArea } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { messageOf } from '../../lib/api-error.ts'
import { useSignalRun } from './run.queries.ts'

type Reading = { payload?: unknown } | null

/** Nothing, or a value in JSON; null when it is neither. */
function readPayload(text: string): Reading {
  if (text.trim() === '') return {}
  try {
    return { payload: JSON.parse(text) as unknown }
  } catch {
    return null
  }
}

export function SignalDialog({ runId, name, onClose }: { runId: Id<'run'>; name: string; onClose: () => void }) {
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  const send = useSignalRun()
  const body = readPayload(text)
  const submit = () => {
    setTried(true)
    if (!body) return
    send.mutate({ id: runId, name, body }, { onSuccess: onClose })
  }
  return (
    <Dialog open onClose={onClose} title={`Send signal ${name}`}>
      <form
        noValidate
        className="flex flex-col gap-4 px-5 pt-2 pb-5"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Field
          label="Payload"
          optional
          help="JSON; it becomes the output of the step that waits"
          error={tried && !body ? 'This is not valid JSON; text stands in quotes' : undefined}
        >
          <TextArea
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="font-mono text-sm"
            placeholder="{}"
            spellCheck={false}
          />
        </Field>
        <FormError message={send.error ? messageOf(send.error) : null} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={send.isPending}>
            Send signal
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
