import { audit, type Ctx, inTx, publish, requireRole } from '@orrery/core'
import type { Id, PublishWorkflow, Workflow } from '@orrery/shared-types'
import { limitWaitingRuns } from '../engine/index.ts'
import { getWorkflow } from './get-workflow.ts'
import { compileWorkflow } from './plan.ts'
import * as transitions from './transition.repository.ts'
import { archived, definitionInvalid, versionNotFound, workflowNotFound } from './workflow.errors.ts'
import * as workflows from './workflow.repository.ts'

/** Makes a version the one that new runs take. Runs under way keep theirs, and where they wait for a place of their key, its limit is the new one. */
export function publishWorkflow(ctx: Ctx, id: Id<'workflow'>, input: PublishWorkflow): Promise<Workflow> {
  return inTx(ctx, async (ctx) => {
    const before = await workflows.lock(ctx, id)
    if (!before) throw workflowNotFound()
    await requireRole(ctx, before.projectId, 'operator', 'workflow')
    if (before.status === 'archived') throw archived()
    const publishedVersion = input.version ?? before.latestVersion
    const draft = await workflows.findVersion(ctx, id, publishedVersion)
    if (!draft) throw versionNotFound()
    const { errors, plan } = compileWorkflow(draft.definition)
    if (errors.length > 0) throw definitionInvalid(errors)
    await workflows.markPublished(ctx, id, publishedVersion)
    const after = await workflows.update(ctx, id, { status: 'published', publishedVersion })
    const { projectId } = before
    await transitions.insert(ctx, before, after, null)
    if (plan?.concurrency) await limitWaitingRuns(ctx, id, plan.concurrency.limit)
    await audit(ctx, {
      action: 'workflow.publish',
      entityType: 'workflow',
      entityId: id,
      projectId,
      before: { publishedVersion: before.publishedVersion },
      after: { publishedVersion },
    })
    await publish(ctx, 'workflow.published', { id, version: after.version, projectId }, { publishedVersion })
    return getWorkflow(ctx, id)
  })
}
