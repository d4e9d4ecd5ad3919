import { audit, type Ctx, inTx, publish, requireRole, type TxCtx } from '@orrery/core'
import type { Id, PauseWorkflow, Workflow } from '@orrery/shared-types'
import { wakeWaitingRuns } from '../engine/index.ts'
import { getWorkflow } from './get-workflow.ts'
import * as transitions from './transition.repository.ts'
import { archived, notPaused, notPublished, workflowNotFound } from './workflow.errors.ts'
import * as workflows from './workflow.repository.ts'

/** Lets no further run begin: new ones wait, ticks of schedules are skipped. Runs that have begun go on to their end. */
export function pauseWorkflow(
  ctx: Ctx,
  id: Id<'workflow'>,
  { reason = null }: Partial<Record<keyof PauseWorkflow, string | null>>,
): Promise<Workflow> {
  return inTx(ctx, async (ctx) => {
    const before = await lockForOperator(ctx, id)
    if (before.status === 'archived') throw archived()
    if (before.publishedVersion === null) throw notPublished()
    if (before.pausedAt !== null) return getWorkflow(ctx, id)
    const after = await workflows.pause(ctx, id)
    const { projectId } = before
    await transitions.insert(ctx, before, after, reason)
    await audit(ctx, { action: 'workflow.pause', entityType: 'workflow', entityId: id, projectId, after: { reason } })
    await publish(ctx, 'workflow.paused', { id, version: after.version, projectId }, { reason })
    return getWorkflow(ctx, id)
  })
}

/** Lets runs begin again, first those that waited. */
export function resumeWorkflow(ctx: Ctx, id: Id<'workflow'>): Promise<Workflow> {
  return inTx(ctx, async (ctx) => {
    const before = await lockForOperator(ctx, id)
    if (before.status === 'archived') throw archived()
    if (before.pausedAt === null) throw notPaused()
    const after = await workflows.update(ctx, id, { pausedAt: null })
    const { projectId } = before
    await transitions.insert(ctx, before, after, null)
    await wakeWaitingRuns(ctx, id)
    await audit(ctx, { action: 'workflow.resume', entityType: 'workflow', entityId: id, projectId, before: { pausedAt: before.pausedAt } })
    await publish(ctx, 'workflow.resumed', { id, version: after.version, projectId }, {})
    return getWorkflow(ctx, id)
  })
}

async function lockForOperator(ctx: TxCtx, id: Id<'workflow'>) {
  const found = await workflows.lock(ctx, id)
  if (!found) throw workflowNotFound()
  await requireRole(ctx, found.projectId, 'operator', 'workflow')
  return found
}
