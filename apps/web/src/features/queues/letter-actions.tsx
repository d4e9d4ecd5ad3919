import type { DeadLetter } from '@orrery/shared-types'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { useDismiss, useRedrive, useRedriveQueue } from './queue.queries.ts'
import { redrivenSentence } from './queue-words.ts'

export function LetterActions({ letter, onDismissed }: { letter: DeadLetter; onDismissed: () => void }) {
  const redrive = useRedrive()
  const all = useRedriveQueue()
  const navigate = useNavigate()
  const run = () =>
    redrive.mutate(letter.id, {
      onSuccess: (run) => announce('Its run is started again', { label: 'See it', onClick: () => void navigate(`/runs/${run.id}`) }),
      onError: (error) => announceFailure('It was not redriven', error),
    })
  const runAll = () =>
    all.mutate(
      { name: letter.queue, projectId: letter.projectId },
      {
        onSuccess: (redriven) => announce(redrivenSentence(redriven)),
        onError: (error) => announceFailure('Nothing was redriven', error),
      },
    )
  return (
    <>
      <Dismiss letter={letter} onDismissed={onDismissed} />
      <Button busy={all.isPending} onClick={runAll} title={`Every open one of ${letter.queue} in this project`}>
        Redrive all of its queue
      </Button>
      <Button look="primary" busy={redrive.isPending} onClick={run}>
        Redrive
      </Button>
    </>
  )
}

function Dismiss({ letter, onDismissed }: { letter: DeadLetter; onDismissed: () => void }) {
  const [asking, setAsking] = useState(false)
  const dismiss = useDismiss()
  const confirm = () =>
    dismiss.mutate(letter.id, {
      onSuccess: () => {
        announce('It is dismissed')
        onDismissed()
      },
      onError: (error) => announceFailure('It was not dismissed', error),
    })
  return (
    <>
      <Button look="danger" className="mr-auto" onClick={() => setAsking(true)}>
        Dismiss
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title="Dismiss this dead letter?">
        <div className="flex flex-col gap-4 px-5 pt-2 pb-5">
          <p className="text-ink-2">
            Nothing is done about the step, and it can’t be redriven from here any more. Its run stays as it ended and can still be retried
            from its own page.
          </p>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button look="danger" busy={dismiss.isPending} onClick={confirm}>
              Dismiss
            </Button>
          </div>
        </div>
      </Dialog>
    </>
  )
}
