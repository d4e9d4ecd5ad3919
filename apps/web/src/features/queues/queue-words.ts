import type { DeadLetter, Queue, QueueList, Redriven } from '@orrery/shared-types'
import { moment, plural } from '../../lib/format.ts'

export type QueueStand = 'paused' | 'no_worker' | 'at_limit' | 'working' | 'idle'

/** The one thing to know of a queue, the gravest first. */
export function standOf(queue: Queue): QueueStand {
  if (queue.pausedAt !== null) return 'paused'
  if (queue.ready > 0 && queue.workers === 0) return 'no_worker'
  if (queue.limit !== null && queue.running >= queue.limit) return 'at_limit'
  return queue.ready + queue.running > 0 ? 'working' : 'idle'
}

const named = 3

/** What waits, since when and why, and what was given up. */
export function queuesSentence({ items, project }: QueueList): string {
  const dead = items.reduce((sum, queue) => sum + queue.deadLetters, 0)
  const given = dead === 0 ? '' : ` ${plural(dead, 'dead letter is', 'dead letters are')} open.`
  return `${waitingSentence(items, project?.pausedAt ?? null)}${given}`
}

function waitingSentence(items: readonly Queue[], pausedAt: string | null): string {
  const held = pausedAt === null ? [] : [`all queues of the project are paused since ${moment(pausedAt)}`]
  const waiting = items.filter((queue) => queue.ready > 0).toSorted((a, b) => (a.oldestReadyAt ?? '').localeCompare(b.oldestReadyAt ?? ''))
  if (waiting.length === 0) {
    const running = items.reduce((sum, queue) => sum + queue.running, 0)
    const runs = running === 0 ? [] : [plural(running, 'step runs', 'steps run')]
    return `${['Nothing waits', ...runs, ...held].join('; ')}.`
  }
  const places = waiting
    .slice(0, named)
    .map(
      (queue, at) =>
        `${at === 0 ? plural(queue.ready, 'step waits', 'steps wait') : queue.ready.toLocaleString('en')} in ${queue.name}${since(queue)}`,
    )
  const rest = waiting.length > named ? [`more in ${plural(waiting.length - named, 'other queue')}`] : []
  const why = [...held, ...reasons(waiting)]
  return `${[[...places, ...rest].join(', '), ...why].join('; ')}.`
}

const since = (queue: Queue) => (queue.oldestReadyAt === null ? '' : ` since ${moment(queue.oldestReadyAt)}`)

function reasons(waiting: readonly Queue[]): string[] {
  const names = (stand: QueueStand) =>
    waiting
      .filter((queue) => standOf(queue) === stand)
      .map((queue) => queue.name)
      .join(', ')
  const paused = names('paused')
  const orphaned = names('no_worker')
  const full = names('at_limit')
  return [
    ...(paused === '' ? [] : [`paused: ${paused}`]),
    ...(orphaned === '' ? [] : [`no worker takes from ${orphaned}`]),
    ...(full === '' ? [] : [`at its limit: ${full}`]),
  ]
}

export type DeadLetterState = 'open' | 'redriven' | 'dismissed'
export const deadLetterStates = ['open', 'redriven', 'dismissed'] as const

export const stateOf = ({ redrivenAt, dismissedAt }: DeadLetter): DeadLetterState =>
  redrivenAt === null ? (dismissedAt === null ? 'open' : 'dismissed') : 'redriven'

export const codeWords: Record<DeadLetter['code'], { word: string; why: string }> = {
  worker_lost: { word: 'Worker lost', why: 'Three workers were lost while they ran it: it may be what ends them.' },
  interrupted: { word: 'Interrupted', why: 'Its worker was lost, and it is unsafe to repeat: see whether it had its effect.' },
  drained: { word: 'Drained', why: 'Somebody drained its queue before a worker took it.' },
  result_refused: { word: 'Result refused', why: 'What it gave back could not be kept.' },
}

/** What redriving did, as far as it went. */
export function redrivenSentence({ runs, left }: Redriven): string {
  const begun = runs.length === 0 ? 'No run was started' : `${plural(runs.length, 'run is', 'runs are')} started again`
  return left === 0 ? begun : `${begun}; ${plural(left, 'step', 'steps')} left, of runs that have not ended yet`
}

export const stepName = ({ stepKey, itemIndex }: Pick<DeadLetter, 'stepKey' | 'itemIndex'>) =>
  itemIndex === null ? stepKey : `${stepKey}[${itemIndex}]`
