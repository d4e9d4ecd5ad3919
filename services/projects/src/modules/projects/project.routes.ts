import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { etag, ifMatch } from '@orrery/service-kit'
import { CreateProject, Empty, IdOf, Input, Project, ProjectPage, ProjectQuery, problems, UpdateProject } from '@orrery/shared-types'
import { createProject } from './create-project.ts'
import { deleteProject } from './delete-project.ts'
import { getProject, listProjects } from './get-project.ts'
import { updateProject } from './update-project.ts'

const tags = ['projects']
const params = Input({ id: IdOf('project') })
const creating = { body: CreateProject, response: { 201: Project, ...problems(401, 403, 404, 409, 422) } }
const listing = { querystring: ProjectQuery, response: { 200: ProjectPage, ...problems(401, 422) } }
const reading = { params, response: { 200: Project, ...problems(401, 404) } }
const updating = { params, body: UpdateProject, response: { 200: Project, ...problems(401, 403, 404, 412, 422) } }
const deleting = { params, response: { 204: Empty, ...problems(401, 403, 404, 409) } }

export const projectRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/projects',
    { schema: { operationId: 'createProject', tags, summary: 'Begin a project', ...creating } },
    async (request, reply) => {
      const project = await createProject(request.ctx, request.body)
      return reply.code(201).header('etag', etag(project)).send(project)
    },
  )
  app.get(
    '/projects',
    { schema: { operationId: 'listProjects', tags, summary: 'The projects you can see', ...listing } },
    async (request) => listProjects(request.ctx, request.query),
  )
  app.get('/projects/:id', { schema: { operationId: 'getProject', tags, summary: 'One project', ...reading } }, async (request, reply) => {
    const project = await getProject(request.ctx, request.params.id)
    return reply.header('etag', etag(project)).send(project)
  })
  app.patch(
    '/projects/:id',
    { schema: { operationId: 'updateProject', tags, summary: 'Change a project', ...updating } },
    async (request, reply) => {
      const project = await updateProject(request.ctx, { id: request.params.id, change: request.body, version: ifMatch(request) })
      return reply.header('etag', etag(project)).send(project)
    },
  )
  app.delete(
    '/projects/:id',
    { schema: { operationId: 'deleteProject', tags, summary: 'Delete a project', ...deleting } },
    async (request, reply) => {
      await deleteProject(request.ctx, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
