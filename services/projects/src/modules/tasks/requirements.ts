import { type Ctx, invalid, notFound, type TxCtx, toUuid } from '@orrery/core'
import type { Assignee, Id } from '@orrery/shared-types'
import * as tasks from './task.repository.ts'

export function found<T>(task: T | undefined): T {
  if (task === undefined) throw notFound('task')
  return task
}

/** A task hangs below one of its own project, and never below itself. Until the transaction ends nobody else moves one there. */
export async function requireParent(ctx: TxCtx, of: { projectId: Id<'project'>; id?: Id<'task'> }, parentId: Id<'task'>): Promise<void> {
  await tasks.lockTree(ctx, of.projectId)
  const parent = await tasks.find(ctx, parentId)
  if (parent?.projectId !== of.projectId) throw invalid('/parentId', 'is no task of this project')
  if (of.id && (await tasks.isAbove(ctx, of.id, parentId))) throw invalid('/parentId', 'is this task or one below it')
}

/** A person must belong to the project. An agent is named by its id: agents are another service's. */
export async function requireAssignee(ctx: Ctx, projectId: Id<'project'>, { type, id }: Assignee): Promise<void> {
  if (!toUuid(type, id)) throw invalid('/assignee/id', `is not the id of a${type === 'agent' ? 'n agent' : ' user'}`)
  if (type === 'user' && !(await tasks.isMember(ctx, projectId, id as Id<'user'>)))
    throw invalid('/assignee/id', 'is no member of this project')
}
