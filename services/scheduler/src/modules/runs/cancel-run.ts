import { AppError, requireRole } from '@orrery/core'
import { type Id, isFinal, type Run } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { auditBy } from '../engine/index.ts'
import { getRun, runNotFound } from './get-run.ts'
import * as runs from './run.repository.ts'

/** Ends a run as canceled. Workers drop its steps at their next word; its children are canceled too. */
export async function cancelRun(ctx: SchedulerCtx, id: Id<'run'>): Promise<Run> {
  const run = await runs.findSummary(ctx, id)
  if (!run) throw runNotFound()
  await requireRole(ctx, run.projectId, 'operator', 'run')
  const { idempotency } = ctx
  const canceled =
    idempotency?.repeated || ((idempotency !== null || !isFinal(run.status)) && (await ctx.engine.cancel(id, auditBy(ctx), idempotency)))
  if (!canceled) throw new AppError('conflict', 'run_ended', 'This run has ended already')
  return getRun(ctx, id)
}
