import type { Workflow } from '@orrery/shared-types'
import { type FormEvent, useState } from 'react'
import { Button } from '../../../components/ui/button.tsx'
import { Dialog } from '../../../components/ui/dialog.tsx'
import { Field, Input } from '../../../components/ui/field.tsx'
import { FormError } from '../../../components/ui/form-error.tsx'
import { announce } from '../../../components/ui/notices.ts'
import { messageOf } from '../../../lib/api-error.ts'
import { usePauseWorkflow } from '../workflow.queries.ts'
import { useResume } from './use-resume.ts'

/** Pausing can be undone, so it is asked for its reason and not whether one is sure. */
export function PauseDialog({ workflow, onClose }: { workflow: Workflow; onClose: () => void }) {
  const [reason, setReason] = useState('')
  const pause = usePauseWorkflow(workflow.id)
  const resume = useResume(workflow)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    pause.mutate(reason.trim(), {
      onSuccess: () => {
        announce('The workflow is paused', { label: 'Undo', onClick: resume.run })
        onClose()
      },
    })
  }
  return (
    <Dialog open onClose={onClose} title="Pause this workflow">
      <form onSubmit={submit} className="flex flex-col gap-4 px-5 pt-2 pb-5">
        <p className="text-ink-2">New runs wait and ticks of its schedules are skipped until it is resumed. Runs that have begun go on.</p>
        <Field label="Reason" optional help="Shown to whoever wonders why nothing runs">
          <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <FormError message={pause.error ? messageOf(pause.error) : null} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it running</Button>
          <Button type="submit" look="primary" busy={pause.isPending}>
            Pause workflow
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
