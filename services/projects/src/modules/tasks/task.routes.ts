import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { etag, ifMatch } from '@orrery/service-kit'
import { CreateTask, Empty, IdOf, Input, problems, SetTaskStatus, Task, TaskPage, TaskQuery, UpdateTask } from '@orrery/shared-types'
import { createTask } from './create-task.ts'
import { deleteTask } from './delete-task.ts'
import { getTask, listTasks } from './get-task.ts'
import { setTaskStatus } from './set-task-status.ts'
import { updateTask } from './update-task.ts'

const tags = ['tasks']
const params = Input({ id: IdOf('task') })
const creating = { body: CreateTask, response: { 201: Task, ...problems(401, 403, 404, 409, 422) } }
const listing = { querystring: TaskQuery, response: { 200: TaskPage, ...problems(401, 422) } }
const reading = { params, response: { 200: Task, ...problems(401, 404) } }
const updating = { params, body: UpdateTask, response: { 200: Task, ...problems(401, 403, 404, 409, 412, 422) } }
const moving = { params, body: SetTaskStatus, response: { 200: Task, ...problems(401, 403, 404, 409, 412, 422) } }
const deleting = { params, response: { 204: Empty, ...problems(401, 403, 404, 409) } }

export const taskRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post('/tasks', { schema: { operationId: 'createTask', tags, summary: 'Add a task', ...creating } }, async (request, reply) => {
    const task = await createTask(request.ctx, request.body)
    return reply.code(201).header('etag', etag(task)).send(task)
  })
  app.get('/tasks', { schema: { operationId: 'listTasks', tags, summary: 'The tasks you can see', ...listing } }, async (request) =>
    listTasks(request.ctx, request.query),
  )
  app.get('/tasks/:id', { schema: { operationId: 'getTask', tags, summary: 'One task', ...reading } }, async (request, reply) => {
    const task = await getTask(request.ctx, request.params.id)
    return reply.header('etag', etag(task)).send(task)
  })
  app.patch(
    '/tasks/:id',
    { schema: { operationId: 'updateTask', tags, summary: 'Change a task', ...updating } },
    async (request, reply) => {
      const task = await updateTask(request.ctx, { id: request.params.id, change: request.body, version: ifMatch(request) })
      return reply.header('etag', etag(task)).send(task)
    },
  )
  app.patch(
    '/tasks/:id/status',
    { schema: { operationId: 'setTaskStatus', tags, summary: 'Move a task', ...moving } },
    async (request, reply) => {
      const task = await setTaskStatus(request.ctx, { id: request.params.id, status: request.body.status, version: ifMatch(request) })
      return reply.header('etag', etag(task)).send(task)
    },
  )
  app.delete(
    '/tasks/:id',
    { schema: { operationId: 'deleteTask', tags, summary: 'Delete a task with its sub-tasks', ...deleting } },
    async (request, reply) => {
      await deleteTask(request.ctx, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
