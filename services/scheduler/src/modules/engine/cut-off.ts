import type { Block, Plan, PlanNode } from '../workflows/index.ts'
import { type Ending, hasEnded, type Progress, stateOf } from './progress.ts'

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
 * the ones of `finally`, after its time is up those of `on-failure` before. Null where there are none.
 */
export function cutOff(plan: Plan, progress: Progress, { outcome }: Ending): PlanNode[] | null {
  const follow: Block[] = outcome === 'timeout' ? ['onFailure', 'finally'] : ['finally']
  if (!plan.nodes.some((node) => follow.includes(node.block))) return null
  return plan.nodes.filter((node) => !follow.includes(node.block) && !hasEnded(stateOf(progress, node.index)))
}
