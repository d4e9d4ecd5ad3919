import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { etag, ifMatch } from '@orrery/service-kit'
import {
  CreateWorkflow,
  Empty,
  IdOf,
  Input,
  PublishWorkflow,
  problems,
  UpdateWorkflow,
  ValidateWorkflow,
  Workflow,
  WorkflowPage,
  WorkflowQuery,
  WorkflowVerdict,
  WorkflowVersionPage,
} from '@orrery/shared-types'
import { archiveWorkflow } from './archive-workflow.ts'
import { createWorkflow } from './create-workflow.ts'
import { Definition } from './definition.schema.ts'
import { getWorkflow, listVersions } from './get-workflow.ts'
import { listWorkflows } from './list-workflows.ts'
import { publishWorkflow } from './publish-workflow.ts'
import { updateWorkflow } from './update-workflow.ts'
import { validateWorkflow } from './validate-workflow.ts'

const tags = ['workflows']
/** For editors: the shape that a definition is checked against. */
const definitionSchema = { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Orrery workflow', ...Definition }
const params = Input({ id: IdOf('workflow') })
const creating = { body: CreateWorkflow, response: { 201: Workflow, ...problems(401, 403, 404, 409, 422) } }
const listing = { querystring: WorkflowQuery, response: { 200: WorkflowPage, ...problems(401, 422) } }
const validating = { body: ValidateWorkflow, response: { 200: WorkflowVerdict, ...problems(401, 422) } }
const reading = { params, response: { 200: Workflow, ...problems(401, 404) } }
const updating = { params, body: UpdateWorkflow, response: { 200: Workflow, ...problems(401, 403, 404, 409, 412, 422) } }
const archiving = { params, response: { 204: Empty, ...problems(401, 403, 404) } }
const versions = { params, response: { 200: WorkflowVersionPage, ...problems(401, 404) } }
const publishing = { params, body: PublishWorkflow, response: { 200: Workflow, ...problems(401, 403, 404, 409, 422) } }

/** What reads no workflow: the check of a definition and the shape that it is checked against. */
export const definitionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/workflows/validate',
    { schema: { operationId: 'validateWorkflow', tags, summary: 'Check a definition', ...validating } },
    async (request) => validateWorkflow(request.body.definition),
  )
  app.get(
    '/workflows/schema.json',
    { config: { public: true }, schema: { operationId: 'getWorkflowSchema', tags, summary: 'The JSON Schema of a definition' } },
    async () => definitionSchema,
  )
}

export const workflowRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/workflows',
    { schema: { operationId: 'createWorkflow', tags, summary: 'Make a draft', ...creating } },
    async (request, reply) => {
      const workflow = await createWorkflow(request.ctx, request.body)
      return reply.code(201).header('etag', etag(workflow)).send(workflow)
    },
  )
  app.get(
    '/workflows',
    { schema: { operationId: 'listWorkflows', tags, summary: 'The workflows you can see', ...listing } },
    async (request) => listWorkflows(request.ctx, request.query),
  )
  app.get(
    '/workflows/:id',
    { schema: { operationId: 'getWorkflow', tags, summary: 'One workflow, with its latest definition', ...reading } },
    async (request, reply) => {
      const workflow = await getWorkflow(request.ctx, request.params.id)
      return reply.header('etag', etag(workflow)).send(workflow)
    },
  )
  app.patch(
    '/workflows/:id',
    { schema: { operationId: 'updateWorkflow', tags, summary: 'Change name or draft', ...updating } },
    async (request, reply) => {
      const workflow = await updateWorkflow(request.ctx, request.params.id, request.body, ifMatch(request))
      return reply.header('etag', etag(workflow)).send(workflow)
    },
  )
  app.delete(
    '/workflows/:id',
    { schema: { operationId: 'archiveWorkflow', tags, summary: 'Take out of use', ...archiving } },
    async (request, reply) => {
      await archiveWorkflow(request.ctx, request.params.id)
      return reply.code(204).send(null)
    },
  )
  app.get(
    '/workflows/:id/versions',
    { schema: { operationId: 'listWorkflowVersions', tags, summary: 'Its versions, newest first', ...versions } },
    async (request) => ({
      items: await listVersions(request.ctx, request.params.id),
      nextCursor: null,
    }),
  )
  app.post(
    '/workflows/:id/publish',
    { schema: { operationId: 'publishWorkflow', tags, summary: 'Let new runs take a version', ...publishing } },
    async (request) => publishWorkflow(request.ctx, request.params.id, request.body),
  )
}
