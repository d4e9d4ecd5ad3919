import { actorId, audit, type Ctx, inTx, newId, publish, requireRole } from '@orrery/core'
import type { CreateWorkflow, Workflow } from '@orrery/shared-types'
import { compileWorkflow } from './plan.ts'
import { withDefinition } from './present-workflow.ts'
import * as transitions from './transition.repository.ts'
import { slugTaken } from './workflow.errors.ts'
import * as workflows from './workflow.repository.ts'

/** Makes a draft. A definition with errors is kept too: it can be mended later, but not published. */
export function createWorkflow(ctx: Ctx, input: CreateWorkflow): Promise<Workflow> {
  return inTx(ctx, async (ctx) => {
    await requireRole(ctx, input.projectId, 'operator')
    const { projectId, slug, name, definition } = input
    const workflow = await workflows.insert(ctx, { id: newId('workflow'), projectId, slug, name })
    if (!workflow) throw slugTaken(slug)
    await transitions.insert(ctx, null, workflow, null)
    const valid = compileWorkflow(definition).errors.length === 0
    await workflows.writeVersion(ctx, { workflowId: workflow.id, version: 1, definition, valid, createdBy: actorId(ctx.actor) })
    await audit(ctx, { action: 'workflow.create', entityType: 'workflow', entityId: workflow.id, projectId, after: { slug, name } })
    await publish(ctx, 'workflow.created', { id: workflow.id, version: workflow.version, projectId }, { slug })
    return withDefinition(workflow, definition)
  })
}
