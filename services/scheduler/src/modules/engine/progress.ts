import type { Outcome, RunError, StepError } from '@orrery/shared-types'
import type { Plan, PlanNode } from '../workflows/index.ts'

/** How far a step of a plan is. `carried` failed, but the run goes on as its author wished; `canceled` was cut off with its run. */
export type NodeState = 'waiting' | 'active' | 'done' | 'failed' | 'skipped' | 'carried' | 'canceled'
const letters: Record<NodeState, string> = { waiting: '0', active: '1', done: 'd', failed: 'f', skipped: 's', carried: 'c', canceled: 'x' }
const states = Object.fromEntries(Object.entries(letters).map(([state, letter]) => [letter, state as NodeState]))

/**
 * A step that runs over a list: where its items' ordinals begin, how many there are, up to which one they were opened, how
 * many have ended and have failed; and which ones a run that repeats another has of that one already.
 */
export type Fan = { base: number; total: number; opened: number; ended: number; failed: number; kept?: readonly number[] }

/** All that the engine has to know of a run to move it on. One letter for each step of the plan. */
export type Progress = {
  nodes: string
  fans: Record<string, Fan>
  nextOrdinal: number
  error: (StepError & { stepKey: string }) | null
  /** How the run will end that was stopped, once the steps have run that follow even then. */
  ending: Ending | null
}
export type Ending = { status: 'canceled' | 'failed'; outcome: Outcome; error: RunError | null }

/** The ordinal of a plain step, and of the step itself where it has items. Ordinal 0 is the run. */
export const ordinalOf = (node: number): number => node + 1

export const begin = (plan: Plan): Progress => ({
  nodes: letters.waiting.repeat(plan.nodes.length),
  fans: {},
  nextOrdinal: plan.nodes.length + 1,
  error: null,
  ending: null,
})

export const stateOf = (progress: Progress, node: number): NodeState => states[progress.nodes.charAt(node)] ?? 'waiting'

export function setState(progress: Progress, node: number, state: NodeState): void {
  progress.nodes = progress.nodes.slice(0, node) + letters[state] + progress.nodes.slice(node + 1)
}

export const hasEnded = (state: NodeState) => state !== 'waiting' && state !== 'active'
const went = (state: NodeState) => state === 'done' || state === 'carried'

/** True once no step waits or runs. */
export const isOver = (progress: Progress): boolean => !progress.nodes.includes(letters.waiting) && !progress.nodes.includes(letters.active)

const blockIsOver = (plan: Plan, progress: Progress, block: PlanNode['block']) =>
  plan.nodes.every((node) => node.block !== block || hasEnded(stateOf(progress, node.index)))
const mainFailed = (plan: Plan, progress: Progress) =>
  plan.nodes.some((node) => node.block === 'main' && stateOf(progress, node.index) === 'failed')

/** Whether the steps of a run that goes on are over, and what follows them runs: the run's time no longer counts. */
export const mainIsOver = (plan: Plan, progress: Progress): boolean => blockIsOver(plan, progress, 'main')

/** Whether one of the steps has begun that run in any case. */
export const hasBegunLast = (plan: Plan, progress: Progress): boolean =>
  plan.nodes.some((node) => node.block === 'finally' && stateOf(progress, node.index) !== 'waiting')

/** The steps that may be looked at first, when a run begins. */
export const firstSteps = (plan: Plan): number[] =>
  plan.nodes.flatMap((node) => (node.block === 'main' && node.needs.length === 0 ? [node.index] : []))

/** The waiting steps that may have come due now that `ended` has. */
export function dueAfter(plan: Plan, progress: Progress, ended: number): number[] {
  const due = (plan.nodes[ended]?.dependents ?? []).filter((index) => isDue(plan, progress, index))
  const last = plan.nodes.at(-1)
  if (last?.block === 'main') return due
  return [
    ...due,
    ...plan.nodes.flatMap((node) =>
      node.block !== 'main' && node.needs.length === 0 && isDue(plan, progress, node.index) ? [node.index] : [],
    ),
  ]
}

/** Every waiting step that may be looked at, where a run begins in the middle. */
export const allDue = (plan: Plan, progress: Progress): number[] =>
  plan.nodes.flatMap((node) => (isDue(plan, progress, node.index) ? [node.index] : []))

function isDue(plan: Plan, progress: Progress, index: number): boolean {
  const node = plan.nodes[index]
  if (!node || stateOf(progress, index) !== 'waiting') return false
  if (!node.needs.every((need) => hasEnded(stateOf(progress, need)))) return false
  if (node.block === 'main') return true
  return blockIsOver(plan, progress, 'main') && (node.block === 'onFailure' || blockIsOver(plan, progress, 'onFailure'))
}

/** Whether a due step runs or is passed over. It runs when nothing that it needs failed and, if it needs anything, something of it ran. */
export function mayRun(plan: Plan, progress: Progress, node: PlanNode): boolean {
  if (node.needs.length === 0) return node.block !== 'onFailure' || mainFailed(plan, progress) || progress.ending !== null
  const needed = node.needs.map((need) => stateOf(progress, need))
  return !needed.includes('failed') && needed.some(went)
}

/** Whether the run that is over has failed: a step failed that nobody allowed to. */
export const hasFailed = (progress: Progress): boolean => progress.nodes.includes(letters.failed)

/** Which item opens next; null after the last one. Those that are kept have ended already. */
export function openItem(fan: Fan): number | null {
  while (fan.kept?.includes(fan.opened)) fan.opened += 1
  return fan.opened < fan.total ? fan.opened++ : null
}

/** Counts an ended item and says which held one may open, and whether the whole step is over. A failed item lets no further one begin. */
export function endItem(
  fan: Fan,
  failed: boolean,
  stopOnFailure: boolean,
): { open: number | null; over: boolean; drop: [number, number] | null } {
  fan.ended += 1
  if (failed) fan.failed += 1
  if (fan.failed === 0 || !stopOnFailure) {
    const open = openItem(fan)
    return { open, over: fan.ended >= fan.total, drop: null }
  }
  const drop: [number, number] | null = fan.opened < fan.total ? [fan.opened, fan.total] : null
  fan.ended += fan.total - fan.opened - (fan.kept?.filter((item) => item >= fan.opened).length ?? 0)
  fan.opened = fan.total
  return { open: null, over: fan.ended >= fan.total, drop }
}
