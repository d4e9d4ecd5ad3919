import { actorId, audit, type Ctx, inTx, publish, requireRole, requireVersion } from '@orrery/core'
import type { DefinitionSource, Id, UpdateWorkflow, Workflow } from '@orrery/shared-types'
import { getWorkflow } from './get-workflow.ts'
import { compileWorkflow } from './plan.ts'
import { archived, workflowNotFound } from './workflow.errors.ts'
import * as workflows from './workflow.repository.ts'

/** Changes name or draft. A published version never changes: after it, a new definition begins the next version. */
export function updateWorkflow(ctx: Ctx, id: Id<'workflow'>, input: UpdateWorkflow, ifVersion: number | undefined): Promise<Workflow> {
  return inTx(ctx, async (ctx) => {
    const before = await workflows.lock(ctx, id)
    if (!before) throw workflowNotFound()
    await requireRole(ctx, before.projectId, 'operator', 'workflow')
    if (before.status === 'archived') throw archived()
    requireVersion(before, ifVersion)
    const latestVersion =
      input.definition === undefined || before.latestVersion !== before.publishedVersion ? before.latestVersion : before.latestVersion + 1
    if (input.definition !== undefined) {
      const valid = compileWorkflow(input.definition as DefinitionSource).errors.length === 0
      await workflows.writeVersion(ctx, {
        workflowId: id,
        version: latestVersion,
        definition: input.definition,
        valid,
        createdBy: actorId(ctx.actor),
      })
    }
    const after = await workflows.update(ctx, id, { latestVersion, ...(input.name !== undefined && { name: input.name }) })
    const fields = Object.keys(input)
    await audit(ctx, {
      action: 'workflow.update',
      entityType: 'workflow',
      entityId: id,
      projectId: before.projectId,
      before: { name: before.name },
      after: { name: after.name, fields },
    })
    await publish(ctx, 'workflow.updated', { id, version: after.version, projectId: before.projectId }, { fields })
    return getWorkflow(ctx, id)
  })
}
