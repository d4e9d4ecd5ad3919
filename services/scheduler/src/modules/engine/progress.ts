import type { StepError } from '@orrery/shared-types'
import type { Plan, PlanNode } from '../workflows/index.ts'

/** How far a step of a plan is. `carried` failed, but the run goes on as its author wished. */
export type NodeState = 'waiting' | 'active' | 'done' | 'failed' | 'skipped' | 'carried'
const letters: Record<NodeState, string> = { waiting: '0', active: '1', done: 'd', failed: 'f', skipped: 's', carried: 'c' }
const states = Object.fromEntries(Object.entries(letters).map(([state, letter]) => [letter, state as NodeState]))

/** A step that runs over a list: where its items' ordinals begin, how many there are, were opened, have ended, have failed. */
export type Fan = { base: number; total: number; opened: number; ended: number; failed: number }

/** All that the engine has to know of a run to move it on. One letter for each step of the plan. */
export type Progress = {
  nodes: string
  fans: Record<string, Fan>
  nextOrdinal: number
  error: (StepError & { stepKey: string }) | null
}

/** The ordinal of a plain step, and of the step itself where it has items. Ordinal 0 is the run. */
export const ordinalOf = (node: number): number => node + 1

export const begin = (plan: Plan): Progress => ({
  nodes: letters.waiting.repeat(plan.nodes.length),
  fans: {},
  nextOrdinal: plan.nodes.length + 1,
  error: null,
})

export const stateOf = (progress: Progress, node: number): NodeState => states[progress.nodes.charAt(node)] ?? 'waiting'

export function setState(progress: Progress, node: number, state: NodeState): void {
  progress.nodes = progress.nodes.slice(0, node) + letters[state] + progress.nodes.slice(node + 1)
}

const hasEnded = (state: NodeState) => state !== 'waiting' && state !== 'active'
const went = (state: NodeState) => state === 'done' || state === 'carried'

/** True once no step waits or runs. */
export const isOver = (progress: Progress): boolean => !progress.nodes.includes(letters.waiting) && !progress.nodes.includes(letters.active)

const blockIsOver = (plan: Plan, progress: Progress, block: PlanNode['block']) =>
  plan.nodes.every((node) => node.block !== block || hasEnded(stateOf(progress, node.index)))
const mainFailed = (plan: Plan, progress: Progress) =>
  plan.nodes.some((node) => node.block === 'main' && stateOf(progress, node.index) === 'failed')

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

/** A step as it ended, as far as a run that repeats it must know. */
export type Ended = { node: number; item: number | null; ordinal: number; status: string; skipped: boolean }

/**
 * The state of a run that keeps the results of another one. What did not succeed begins anew, and `from` too where it is
 * given, each with all that comes after it; so do the steps that run on failure and at the end.
 */
export function resume(plan: Plan, ended: readonly Ended[], from: number | null): { progress: Progress; kept: number[] } {
  const whole = new Map(ended.flatMap((row) => (row.item === null ? [[row.node, row] as const] : [])))
  const succeeded = (node: PlanNode) => {
    const row = whole.get(node.index)
    return row !== undefined && (row.status === 'done' || row.skipped || node.continueOnError)
  }
  const again = new Set<number>()
  const spread = (index: number) => {
    if (again.has(index)) return
    again.add(index)
    for (const next of plan.nodes[index]?.dependents ?? []) spread(next)
  }
  for (const node of plan.nodes) if (node.block !== 'main' || node.index === from || !succeeded(node)) spread(node.index)
  const progress = begin(plan)
  const kept = plan.nodes.filter((node) => !again.has(node.index))
  for (const node of kept) {
    const row = whole.get(node.index)
    setState(progress, node.index, row?.skipped ? 'skipped' : row?.status === 'done' ? 'done' : 'carried')
    const items = ended.filter((each) => each.node === node.index && each.item !== null)
    if (items.length > 0) {
      const base = Math.min(...items.map((each) => each.ordinal))
      const failed = items.filter((each) => each.status === 'failed').length
      progress.fans[node.index] = { base, total: items.length, opened: items.length, ended: items.length, failed }
    }
  }
  for (const row of ended) progress.nextOrdinal = Math.max(progress.nextOrdinal, row.ordinal + 1)
  return { progress, kept: kept.map((node) => node.index) }
}

function isDue(plan: Plan, progress: Progress, index: number): boolean {
  const node = plan.nodes[index]
  if (!node || stateOf(progress, index) !== 'waiting') return false
  if (!node.needs.every((need) => hasEnded(stateOf(progress, need)))) return false
  if (node.block === 'main') return true
  return blockIsOver(plan, progress, 'main') && (node.block === 'onFailure' || blockIsOver(plan, progress, 'onFailure'))
}

/** Whether a due step runs or is passed over. It runs when nothing that it needs failed and, if it needs anything, something of it ran. */
export function mayRun(plan: Plan, progress: Progress, node: PlanNode): boolean {
  if (node.needs.length === 0) return node.block !== 'onFailure' || mainFailed(plan, progress)
  const needed = node.needs.map((need) => stateOf(progress, need))
  return !needed.includes('failed') && needed.some(went)
}

/** Whether the run that is over has failed: a step failed that nobody allowed to. */
export const hasFailed = (progress: Progress): boolean => progress.nodes.includes(letters.failed)

/** Counts an ended item and says which held one may open, and whether the whole step is over. A failed item lets no further one begin. */
export function endItem(
  fan: Fan,
  failed: boolean,
  stopOnFailure: boolean,
): { open: number | null; over: boolean; drop: [number, number] | null } {
  fan.ended += 1
  if (failed) fan.failed += 1
  if (fan.failed > 0 && stopOnFailure) {
    const drop: [number, number] | null = fan.opened < fan.total ? [fan.opened, fan.total] : null
    fan.ended += fan.total - fan.opened
    fan.opened = fan.total
    return { open: null, over: fan.ended >= fan.total, drop }
  }
  const open = fan.opened < fan.total ? fan.opened++ : null
  return { open, over: fan.ended >= fan.total, drop: null }
}
