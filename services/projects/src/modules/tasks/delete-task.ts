import { audit, type Ctx, inTx, publish, requireRole } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { requireActive } from '../projects/index.ts'
import { found } from './requirements.ts'
import * as tasks from './task.repository.ts'

/** Takes a task and all its sub-tasks out of sight. */
export function deleteTask(ctx: Ctx, id: Id<'task'>): Promise<void> {
  return inTx(ctx, async (ctx) => {
    const { projectId } = found(await tasks.find(ctx, id))
    await requireRole(ctx, projectId, 'operator', 'task')
    await requireActive(ctx, projectId)
    await tasks.lockTree(ctx, projectId)
    found(await tasks.lock(ctx, id))
    for (const gone of await tasks.removeTree(ctx, id)) {
      await audit(ctx, { action: 'task.deleted', entityType: 'task', entityId: gone.id, projectId, before: gone })
      await publish(ctx, 'task.deleted', { id: gone.id, version: gone.version, projectId }, {})
    }
  })
}
