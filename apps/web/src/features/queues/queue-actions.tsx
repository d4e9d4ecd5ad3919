import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmByName } from '../../components/ui/dialog.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { plural } from '../../lib/format.ts'
import { type QueueRef, useDrainQueue, useRedriveQueue, useSetQueue } from './queue.queries.ts'
import { anyQueue, type PanelQueue, type Rights } from './queue-names.ts'
import { redrivenSentence } from './queue-words.ts'

export function QueueActions({ queue, may }: { queue: PanelQueue; may: Rights }) {
  const own = queue.projectId && queue.name !== anyQueue ? { name: queue.name, projectId: queue.projectId } : null
  return (
    <>
      {own && may.drain && <Drain queue={own} ready={queue.whole?.ready ?? 0} />}
      {own && may.redrive && <RedriveAll queue={own} count={queue.whole?.deadLetters ?? 0} />}
      {may.set && <PauseOrResume queue={queue} />}
    </>
  )
}

function PauseOrResume({ queue: { name, projectId, pausedAt } }: { queue: PanelQueue }) {
  const set = useSetQueue()
  const isPaused = pausedAt !== null
  const turn = (paused: boolean) => set.mutateAsync({ name, paused, ...(projectId && { projectId }) })
  const run = async () => {
    try {
      await turn(!isPaused)
      const undo = () => void turn(isPaused).catch((error: unknown) => announceFailure('The queue was not changed back', error))
      announce(isPaused ? 'Steps are given out again' : 'Paused: steps that run go on, no other begins', { label: 'Undo', onClick: undo })
    } catch (error) {
      announceFailure('The queue was not changed', error)
    }
  }
  return (
    <Button look="primary" busy={set.isPending} onClick={() => void run()}>
      {isPaused ? 'Resume' : 'Pause'}
    </Button>
  )
}

function Drain({ queue, ready }: { queue: QueueRef; ready: number }) {
  const [asking, setAsking] = useState(false)
  const drain = useDrainQueue()
  const confirm = () =>
    drain.mutate(queue, {
      onSuccess: ({ drained, left }) => {
        setAsking(false)
        announce(`${plural(drained, 'step is', 'steps are')} given up${left ? '; more wait, drain again' : ''}`)
      },
      onError: (error) => announceFailure('The queue was not drained', error),
    })
  return (
    <>
      <Button
        look="danger"
        className="mr-auto"
        disabled={ready === 0}
        title={ready === 0 ? 'Nothing waits in it' : undefined}
        onClick={() => setAsking(true)}
      >
        Drain
      </Button>
      <ConfirmByName
        open={asking}
        onClose={() => setAsking(false)}
        title="Drain this queue?"
        verb="Drain queue"
        typed={queue.name}
        busy={drain.isPending}
        onConfirm={confirm}
      >
        The {plural(ready, 'step that waits', 'steps that wait')} in it for this project {ready === 1 ? 'fails' : 'fail'} as drained, and so
        do their runs, unless they allow it. This can’t be taken back; the steps become dead letters, from which their runs can be started
        again. Steps that run go on. To hold them for a while, pause the queue instead.
      </ConfirmByName>
    </>
  )
}

function RedriveAll({ queue, count }: { queue: QueueRef; count: number }) {
  const redrive = useRedriveQueue()
  if (count === 0) return null
  const run = () =>
    redrive.mutate(queue, {
      onSuccess: (redriven) => announce(redrivenSentence(redriven)),
      onError: (error) => announceFailure('Nothing was redriven', error),
    })
  return (
    <Button busy={redrive.isPending} onClick={run}>
      Redrive {count.toLocaleString('en')}
    </Button>
  )
}
