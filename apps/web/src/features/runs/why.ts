import type { Id, Run, Step } from '@orrery/shared-types'
import { isFinal } from './step-rows.ts'

const stillMs = 5000

/** Somebody works on it: a worker has it. A step that waits for a child run has no worker, nor has one that stands for its items. */
const isAtWork = (step: Step) => step.status === 'in_progress' && step.attempt > 0 && step.uses !== 'workflow'

/** How long to watch before asking why it doesn't move: not at all when it says itself that it waits, null when there is nothing to ask. */
export function askAfterMs(run: Run, now: number): number | null {
  if (isFinal(run.status)) return null
  if (run.status === 'blocked') return 0
  if (run.steps.some(isAtWork)) return null
  const moves = run.steps.flatMap((step) => [step.queuedAt, step.startedAt, step.endedAt])
  const lastMove = Math.max(...[run.createdAt, run.startedAt, ...moves].map((at) => (at === null ? 0 : Date.parse(at))))
  // the clock of this machine may be another than the scheduler's
  return Math.min(stillMs, Math.max(0, lastMove + stillMs - now))
}

/** The signals that its steps wait for, each once, in the order of the steps. */
export function awaitedSignals(steps: readonly Step[]): string[] {
  const names = steps.filter((step) => step.status === 'blocked').map((step) => signalOf(step.input))
  return [...new Set(names.filter((name) => name !== null))]
}

function signalOf(input: unknown): string | null {
  const signal = typeof input === 'object' && input !== null && 'signal' in input ? input.signal : null
  return typeof signal === 'string' ? signal : null
}

export type AskedApproval = { stepId: Id<'step'>; name: string; title: string; description: string | null }

/** What its steps ask of people, in the order of the steps. */
export function askedApprovals(steps: readonly Step[]): AskedApproval[] {
  return steps.flatMap(({ id, key, itemIndex, uses, status, input }) => {
    if (status !== 'blocked' || uses !== 'approval') return []
    const { title = key, description = null } = input as { title?: string; description?: string | null }
    return [{ stepId: id, name: itemIndex === null ? key : `${key}[${itemIndex}]`, title, description }]
  })
}

export type Piece = { kind: 'text' | 'time' | 'run'; text: string }

const marks = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)|(run_[0-9a-z]{26})/g

/** A sentence of the scheduler with its times and runs set apart, so that they can be shown by the viewer's clock and as links. */
export function piecesOf(sentence: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { 0: text, 1: time, index } of sentence.matchAll(marks)) {
    if (index > at) pieces.push({ kind: 'text', text: sentence.slice(at, index) })
    pieces.push({ kind: time === undefined ? 'run' : 'time', text })
    at = index + text.length
  }
  if (at < sentence.length) pieces.push({ kind: 'text', text: sentence.slice(at) })
  return pieces
}
