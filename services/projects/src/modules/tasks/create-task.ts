import { audit, type Ctx, inTx, newId, publish, requireRole } from '@orrery/core'
import type { CreateTask, Task } from '@orrery/shared-types'
import { requireActive } from '../projects/index.ts'
import { found, requireAssignee, requireParent } from './requirements.ts'
import * as tasks from './task.repository.ts'

/** Adds a task to an active project. */
export function createTask(ctx: Ctx, input: CreateTask): Promise<Task> {
  return inTx(ctx, async (ctx) => {
    const {
      projectId,
      title,
      kind = 'task',
      parentId = null,
      description = null,
      priority = 'medium',
      dueAt = null,
      labels = [],
      assignee,
    } = input
    await requireRole(ctx, projectId, 'operator')
    await requireActive(ctx, projectId)
    if (parentId) await requireParent(ctx, { projectId }, parentId)
    if (assignee) await requireAssignee(ctx, projectId, assignee)
    const id = newId('task')
    const assigned = { assigneeType: assignee?.type ?? null, assigneeId: assignee?.id ?? null }
    await tasks.insert(ctx, { id, projectId, parentId, kind, title, description, priority, dueAt, labels, ...assigned })
    const task = found(await tasks.find(ctx, id))
    await audit(ctx, { action: 'task.created', entityType: 'task', entityId: id, projectId, after: task })
    await publish(ctx, 'task.created', { id, version: task.version, projectId }, { title, status: task.status })
    return task
  })
}
