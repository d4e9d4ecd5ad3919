import type { Id } from '@orrery/shared-types'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Field, TextArea } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { messageOf } from '../../lib/api-error.ts'
import { type Decision, useDecideApproval } from './run.queries.ts'
import type { AskedApproval } from './why.ts'

type ApprovalDialogProps = { runId: Id<'run'>; asked: AskedApproval; decision: Decision; onClose: () => void }

/** What a step asks, and the word of whoever decides. */
export function ApprovalDialog({ runId, asked, decision, onClose }: ApprovalDialogProps) {
  const [comment, setComment] = useState('')
  const decide = useDecideApproval()
  const word = decision === 'approve' ? 'Approve' : 'Reject'
  return (
    <Dialog open onClose={onClose} title={`${word}: ${asked.title}`}>
      <form
        noValidate
        className="flex flex-col gap-4 px-5 pt-2 pb-5"
        onSubmit={(event) => {
          event.preventDefault()
          decide.mutate({ runId, stepId: asked.stepId, decision, comment: comment.trim() }, { onSuccess: onClose })
        }}
      >
        {asked.description !== null && <p className="text-sm whitespace-pre-wrap text-ink-2">{asked.description}</p>}
        <Field label="Comment" optional help="The steps that follow can read it">
          <TextArea value={comment} maxLength={2000} onChange={(event) => setComment(event.target.value)} />
        </Field>
        <FormError message={decide.error ? messageOf(decide.error) : null} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look={decision === 'approve' ? 'primary' : 'danger'} busy={decide.isPending}>
            {word}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
