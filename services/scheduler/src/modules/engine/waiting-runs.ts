import { type TxCtx, uuidOf } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { cancelHeld, limitWaiting, wakeWaiting } from './slots.repository.ts'

/** Lets the runs of a workflow begin that waited while it was paused. */
export async function wakeWaitingRuns(ctx: TxCtx, workflowId: Id<'workflow'>): Promise<void> {
  await ctx.db.execute(wakeWaiting(uuidOf('workflow', workflowId)))
}

/** Cancels the runs of a workflow that wait for the end of its pause, which does not come. */
export async function cancelHeldRuns(ctx: TxCtx, workflowId: Id<'workflow'>): Promise<void> {
  await ctx.db.execute(cancelHeld(uuidOf('workflow', workflowId)))
}

/** Lets the runs of a workflow that wait for a place of its concurrency key be as many at a time as its new version says. */
export async function limitWaitingRuns(ctx: TxCtx, workflowId: Id<'workflow'>, limit: number): Promise<void> {
  await ctx.db.execute(limitWaiting(uuidOf('workflow', workflowId), limit))
  await wakeWaitingRuns(ctx, workflowId)
}
