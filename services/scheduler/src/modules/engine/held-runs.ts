import { type TxCtx, uuidOf } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { wakeHeld } from './engine.repository.ts'
import { holdKey } from './slots.ts'

/** Lets the runs of a workflow begin that waited while it was paused. */
export async function wakeHeldRuns(ctx: TxCtx, workflowId: Id<'workflow'>): Promise<void> {
  const uuid = uuidOf('workflow', workflowId)
  await ctx.db.execute(wakeHeld(holdKey(uuid)))
}
