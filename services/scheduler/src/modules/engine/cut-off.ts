import type { Block, Plan, PlanNode } from '../workflows/index.ts'
import { type Ending, type Progress, stateOf } from './progress.ts'

/** How a run ends that is stopped from outside. */
export const endings: Record<'canceled' | 'timeout', Ending> = {
  canceled: { status: 'canceled', outcome: 'cancelled', error: null },
  timeout: {
    status: 'failed',
    outcome: 'timeout',
    error: { code: 'run_timeout', message: 'The run took longer than its timeout', stepKey: null },
  },
}

/**
 * The steps that a run which is stopped leaves undone so that those can run which follow even then: after a cancellation
 * the ones of `finally`, after its time is up those of `on-failure` before. Null where none is left.
 */
export function cutOff(plan: Plan, progress: Progress, { outcome }: Ending): PlanNode[] | null {
  const isUntouched = (block: Block) => plan.nodes.every((node) => node.block !== block || stateOf(progress, node.index) === 'waiting')
  const has = (block: Block) => plan.nodes.some((node) => node.block === block) && isUntouched(block)
  const follow: Block[] = outcome === 'timeout' && has('onFailure') ? ['onFailure', 'finally'] : ['finally']
  if (!follow.some(has) || !isUntouched('finally')) return null
  return plan.nodes.filter((node) => !follow.includes(node.block) && ['waiting', 'active'].includes(stateOf(progress, node.index)))
}
