import { audit, type Ctx, inTx, publish, requireRole } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { cancelHeldRuns } from '../engine/index.ts'
import * as transitions from './transition.repository.ts'
import { workflowNotFound } from './workflow.errors.ts'
import * as workflows from './workflow.repository.ts'

/** Takes a workflow out of use. Its versions and runs stay, but for those that waited for the end of its pause: these are canceled. Nothing new starts. */
export function archiveWorkflow(ctx: Ctx, id: Id<'workflow'>): Promise<void> {
  return inTx(ctx, async (ctx) => {
    const before = await workflows.lock(ctx, id)
    if (!before) throw workflowNotFound()
    await requireRole(ctx, before.projectId, 'manager', 'workflow')
    if (before.status === 'archived') return
    const after = await workflows.update(ctx, id, { status: 'archived' })
    const { projectId } = before
    await transitions.insert(ctx, before, after, null)
    await cancelHeldRuns(ctx, id)
    await audit(ctx, {
      action: 'workflow.archive',
      entityType: 'workflow',
      entityId: id,
      projectId,
      before: { status: before.status },
      after: { status: 'archived' },
    })
    await publish(ctx, 'workflow.archived', { id, version: after.version, projectId }, {})
  })
}
