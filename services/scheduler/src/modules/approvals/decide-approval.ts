import { AppError, requireRole } from '@orrery/core'
import type { Approval, DecideApproval, Id } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { auditBy, readStepId } from '../engine/index.ts'
import { getApproval } from './list-approvals.ts'

/** Decides what a step asks. Of many who decide at once one wins; the run goes on in the same transaction. */
export async function decideApproval(ctx: SchedulerCtx, id: Id<'step'>, approve: boolean, { comment }: DecideApproval): Promise<Approval> {
  const asked = await getApproval(ctx, id)
  await requireRole(ctx, asked.projectId, 'operator', 'approval')
  await requireRole(ctx, asked.projectId, asked.role, 'approval')
  const ref = readStepId(id)
  const given = { approve, comment: comment?.trim() || null }
  // what was decided meanwhile may have been decided by this very request
  const mayBeTaken = ref !== undefined && (asked.state === 'pending' || ctx.idempotency !== null)
  const decided = ctx.idempotency?.repeated || (mayBeTaken && (await ctx.engine.decide(ref, given, auditBy(ctx), ctx.idempotency)))
  const after = await getApproval(ctx, id)
  if (decided) return after
  const by = after.decidedBy === null ? '' : ` by ${after.decidedBy}`
  throw new AppError('conflict', 'approval_decided', `This was ${after.state}${by} at ${after.decidedAt ?? 'this moment'}`)
}
