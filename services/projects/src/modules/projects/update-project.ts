import { audit, type Ctx, inTx, invalid, publish, requireRole, requireVersion, type TxCtx } from '@orrery/core'
import type { Id, Project, UpdateProject } from '@orrery/shared-types'
import { found } from './get-project.ts'
import * as projects from './project.repository.ts'

type Input = { id: Id<'project'>; change: UpdateProject; version?: number | undefined }

/** Changes a project; archiving it and waking it again is for owners. */
export function updateProject(ctx: Ctx, { id, change, version }: Input): Promise<Project> {
  return inTx(ctx, async (ctx) => {
    const before = found(await projects.lock(ctx, id))
    const moves = change.status !== undefined && change.status !== before.status
    await requireRole(ctx, id, moves ? 'owner' : 'manager')
    requireVersion(before, version)
    const given = Object.entries(change).filter(([name, value]) => value !== undefined && value !== before[name as keyof UpdateProject])
    if (given.length > 0) {
      if (change.parentId && change.parentId !== before.parentId) await requirePlace(ctx, id, change.parentId)
      const after = await projects.update(ctx, id, Object.fromEntries(given))
      await audit(ctx, { action: 'project.updated', entityType: 'project', entityId: id, projectId: id, before, after })
      await publish(ctx, 'project.updated', { id, version: after.version, projectId: id }, { fields: given.map(([name]) => name) })
    }
    return found(await projects.find(ctx, id))
  })
}

async function requirePlace(ctx: TxCtx, id: Id<'project'>, parentId: Id<'project'>): Promise<void> {
  await requireRole(ctx, parentId, 'manager')
  if (await projects.isAbove(ctx, id, parentId)) throw invalid('/parentId', 'is this project or one below it')
}
