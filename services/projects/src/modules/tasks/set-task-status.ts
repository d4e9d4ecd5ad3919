import { audit, type Ctx, inTx, publish, requireRole, requireVersion } from '@orrery/core'
import type { Id, Status, Task } from '@orrery/shared-types'
import { requireActive } from '../projects/index.ts'
import { found } from './requirements.ts'
import { moveRefused } from './task.errors.ts'
import * as tasks from './task.repository.ts'
import { canMove, nextOf } from './task.state.ts'

type Input = { id: Id<'task'>; status: Status; version?: number | undefined }

/** Moves a task by hand. Asking for where it stands already changes nothing. */
export function setTaskStatus(ctx: Ctx, { id, status, version }: Input): Promise<Task> {
  return inTx(ctx, async (ctx) => {
    const before = found(await tasks.lock(ctx, id))
    const { projectId, status: from } = before
    await requireRole(ctx, projectId, 'operator', 'task')
    await requireActive(ctx, projectId)
    requireVersion(before, version)
    if (from !== status) {
      if (!canMove(from, status)) throw moveRefused(from, status, nextOf(from))
      const after = await tasks.update(ctx, id, { status })
      const entry = { entityType: 'task', entityId: id, projectId, before: { status: from }, after: { status } } as const
      await audit(ctx, { action: 'task.status_changed', ...entry })
      await publish(ctx, 'task.status_changed', { id, version: after.version, projectId }, { from, to: status })
    }
    return found(await tasks.find(ctx, id))
  })
}
