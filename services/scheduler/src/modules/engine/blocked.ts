import type { Plan, PlanNode } from '../workflows/index.ts'
import { type Progress, stateOf } from './progress.ts'
import type { StateRow } from './rows.ts'

export const isApproval = (node: PlanNode): boolean => node.uses === 'approval'

/** A step that waits in the engine for a time, a signal or a person. */
export const isWait = (node: PlanNode): boolean => node.uses === 'wait' || isApproval(node)

/** A run is blocked while all that it has left are waits: for what, as far as its definition says. Null while anything can go on. */
export function blockedReason(plan: Plan, progress: Progress, { waits, open }: Pick<StateRow, 'waits' | 'open'>): string | null {
  if (waits === 0 || open > 0) return null
  const waiting = plan.nodes.filter((node) => isWait(node) && stateOf(progress, node.index) === 'active')
  return waiting.map(reasonOf).join('; ')
}

function reasonOf(node: PlanNode): string {
  if (isApproval(node)) return `step ${node.key} waits for an approval`
  const { signal } = (node.with.constant ? node.with.evaluate({}) : {}) as { signal?: string }
  return signal === undefined ? `step ${node.key} waits for its time` : `step ${node.key} waits for the signal ${signal}`
}
