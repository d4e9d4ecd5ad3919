import { audit, type Ctx, callerId, inTx, newId, publish, requireRole } from '@orrery/core'
import { type CreateProject, type Project, roleAtLeast } from '@orrery/shared-types'
import { found } from './get-project.ts'
import * as members from './member.repository.ts'
import { keyScope } from './project.errors.ts'
import * as projects from './project.repository.ts'

/** Makes a project that its creator owns. Below another one it needs the role manager there. */
export function createProject(ctx: Ctx, input: CreateProject): Promise<Project> {
  return inTx(ctx, async (ctx) => {
    const { actor } = ctx
    if (actor.kind === 'apiKey' && (actor.projectId || !roleAtLeast(actor.role, 'manager'))) throw keyScope()
    const { name, description = null, parentId = null, dueAt = null } = input
    if (parentId) await requireRole(ctx, parentId, 'manager')
    const id = newId('project')
    const ownerId = callerId(ctx)
    await projects.insert(ctx, { id, name, description, parentId, ownerId, dueAt })
    await members.put(ctx, { projectId: id, userId: ownerId, role: 'owner' })
    const project = found(await projects.find(ctx, id))
    await audit(ctx, { action: 'project.created', entityType: 'project', entityId: id, projectId: id, after: project })
    await publish(ctx, 'project.created', { id, version: project.version, projectId: id }, { name })
    return project
  })
}
