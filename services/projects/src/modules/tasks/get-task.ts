import type { Ctx } from '@orrery/core'
import type { Id, Page, Task, TaskQuery } from '@orrery/shared-types'
import { found } from './requirements.ts'
import * as tasks from './task.repository.ts'

export const getTask = async (ctx: Ctx, id: Id<'task'>): Promise<Task> => found(await tasks.find(ctx, id))

export const listTasks = (ctx: Ctx, query: TaskQuery): Promise<Page<Task>> => tasks.list(ctx, query)
