import { audit, type Ctx, inTx, publish, requireRole } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { found } from './get-project.ts'
import * as members from './member.repository.ts'
import { hasSubProjects } from './project.errors.ts'
import * as projects from './project.repository.ts'

/** Takes a project out of sight with all its tasks, and everybody's rights in it. Its rows stay for the record. */
export function deleteProject(ctx: Ctx, id: Id<'project'>): Promise<void> {
  return inTx(ctx, async (ctx) => {
    const before = found(await projects.lock(ctx, id))
    await requireRole(ctx, id, 'owner')
    if (await projects.hasChildren(ctx, id)) throw hasSubProjects()
    const after = await projects.remove(ctx, id)
    const audience = await members.removeAll(ctx, id)
    await audit(ctx, { action: 'project.deleted', entityType: 'project', entityId: id, projectId: id, before })
    await publish(ctx, 'project.deleted', { id, version: after.version, projectId: id, audience }, {})
  })
}
