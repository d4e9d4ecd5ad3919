import { audit, type Ctx, inTx, publish, requireRole, requireVersion } from '@orrery/core'
import type { Id, Task, UpdateTask } from '@orrery/shared-types'
import { requireActive } from '../projects/index.ts'
import { found, requireAssignee, requireParent } from './requirements.ts'
import * as tasks from './task.repository.ts'

type Input = { id: Id<'task'>; change: UpdateTask; version?: number | undefined }

/** Changes what a task says. Its status has a verb of its own. */
export function updateTask(ctx: Ctx, { id, change, version }: Input): Promise<Task> {
  return inTx(ctx, async (ctx) => {
    const before = found(await tasks.lock(ctx, id))
    const { projectId } = before
    await requireRole(ctx, projectId, 'operator', 'task')
    await requireActive(ctx, projectId)
    requireVersion(before, version)
    const was = found(await tasks.find(ctx, id))
    const fields = (Object.keys(change) as (keyof UpdateTask)[]).filter((field) => differs(change[field], was[field]))
    if (fields.length === 0) return was
    if (change.parentId) await requireParent(ctx, { projectId, id }, change.parentId)
    if (change.assignee) await requireAssignee(ctx, projectId, change.assignee)
    const { version: next } = await tasks.update(ctx, id, toColumns(change))
    const after = found(await tasks.find(ctx, id))
    await audit(ctx, { action: 'task.updated', entityType: 'task', entityId: id, projectId, before: was, after })
    await publish(ctx, 'task.updated', { id, version: next, projectId }, { fields })
    return after
  })
}

const differs = (wanted: unknown, now: unknown): boolean => wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(now)

function toColumns({ assignee, ...rest }: UpdateTask): tasks.Change {
  if (assignee === undefined) return rest
  return { ...rest, assigneeType: assignee?.type ?? null, assigneeId: assignee?.id ?? null }
}
