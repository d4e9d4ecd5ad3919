import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ifMatch } from '@orrery/service-kit'
import {
  CreateWorkflow,
  Empty,
  IdOf,
  Input,
  problems,
  PublishWorkflow,
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
import { getWorkflow, listVersions } from './get-workflow.ts'
import { publishWorkflow } from './publish-workflow.ts'
import { updateWorkflow } from './update-workflow.ts'
import { validateWorkflow } from './validate-workflow.ts'
import { listWorkflows } from './list-workflows.ts'

const tags = ['workflows']
const params = Input({ id: IdOf('workflow') })

export const workflowRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/workflows',
    { schema: { tags, operationId: 'createWorkflow', summary: 'Make a draft', body: CreateWorkflow, response: { 201: Workflow, ...problems(401, 403, 404, 409, 422) } } },
    async (request, reply) => reply.code(201).send(await createWorkflow(request.ctx, request.body)),
  )
  app.get(
    '/workflows',
    { schema: { tags, operationId: 'listWorkflows', summary: 'List workflows', querystring: WorkflowQuery, response: { 200: WorkflowPage, ...problems(401, 422) } } },
    async (request) => listWorkflows(request.ctx, request.query),
  )
  app.post(
    '/workflows/validate',
    { schema: { tags, operationId: 'validateWorkflow', summary: 'Check a definition', body: ValidateWorkflow, response: { 200: WorkflowVerdict, ...problems(401, 422) } } },
    async (request) => validateWorkflow(request.body.definition),
  )
  app.get(
    '/workflows/:id',
    { schema: { tags, operationId: 'getWorkflow', summary: 'Read a workflow with its latest definition', params, response: { 200: Workflow, ...problems(401, 404) } } },
    async (request) => getWorkflow(request.ctx, request.params.id),
  )
  app.patch(
    '/workflows/:id',
    {
      schema: {
        tags,
        operationId: 'updateWorkflow',
        summary: 'Change name or draft',
        params,
        body: UpdateWorkflow,
        response: { 200: Workflow, ...problems(401, 403, 404, 409, 412, 422) },
      },
    },
    async (request) => updateWorkflow(request.ctx, request.params.id, request.body, ifMatch(request)),
  )
  app.delete(
    '/workflows/:id',
    { schema: { tags, operationId: 'archiveWorkflow', summary: 'Take out of use', params, response: { 204: Empty, ...problems(401, 403, 404) } } },
    async (request, reply) => {
      await archiveWorkflow(request.ctx, request.params.id)
      return reply.code(204).send(null)
    },
  )
  app.get(
    '/workflows/:id/versions',
    { schema: { tags, operationId: 'listWorkflowVersions', summary: 'List its versions, newest first', params, response: { 200: WorkflowVersionPage, ...problems(401, 404) } } },
    async (request) => ({ items: await listVersions(request.ctx, request.params.id), nextCursor: null }),
  )
  app.post(
    '/workflows/:id/publish',
    {
      schema: {
        tags,
        operationId: 'publishWorkflow',
        summary: 'Let new runs take a version',
        params,
        body: PublishWorkflow,
        response: { 200: Workflow, ...problems(401, 403, 404, 409, 422) },
      },
    },
    async (request) => publishWorkflow(request.ctx, request.params.id, request.body),
  )
}
