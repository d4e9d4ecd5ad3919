import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { etag, ifMatch } from '@orrery/service-kit'
import {
  CreateWorkflow,
  DiffWorkflow,
  Empty,
  IdOf,
  Input,
  PauseWorkflow,
  PublishWorkflow,
  problems,
  TransitionQuery,
  UpdateWorkflow,
  ValidateWorkflow,
  Workflow,
  WorkflowDiff,
  WorkflowPage,
  WorkflowQuery,
  WorkflowTransitionPage,
  WorkflowVerdict,
  WorkflowVersion,
  WorkflowVersionPage,
} from '@orrery/shared-types'
import { Type } from '@sinclair/typebox'
import { archiveWorkflow } from './archive-workflow.ts'
import { createWorkflow } from './create-workflow.ts'
import { diffWorkflow } from './diff-workflow.ts'
import { getVersion, getWorkflow, listTransitions, listVersions } from './get-workflow.ts'
import { listWorkflows } from './list-workflows.ts'
import { pauseWorkflow, resumeWorkflow } from './move-workflow.ts'
import { publishWorkflow } from './publish-workflow.ts'
import { publishedSchema } from './published-schema.ts'
import { updateWorkflow } from './update-workflow.ts'
import { validateWorkflow } from './validate-workflow.ts'

const tags = ['workflows']
const params = Input({ id: IdOf('workflow') })
const creating = { body: CreateWorkflow, response: { 201: Workflow, ...problems(401, 403, 404, 409, 422) } }
const listing = { querystring: WorkflowQuery, response: { 200: WorkflowPage, ...problems(401, 422) } }
const validating = { body: ValidateWorkflow, response: { 200: WorkflowVerdict, ...problems(401, 422) } }
const reading = { params, response: { 200: Workflow, ...problems(401, 404) } }
const updating = { params, body: UpdateWorkflow, response: { 200: Workflow, ...problems(401, 403, 404, 409, 412, 422) } }
const archiving = { params, response: { 204: Empty, ...problems(401, 403, 404) } }
const versions = { params, response: { 200: WorkflowVersionPage, ...problems(401, 404) } }
const readingVersion = {
  params: Input({ id: IdOf('workflow'), version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
  response: { 200: WorkflowVersion, ...problems(401, 404, 422) },
}
const diffing = { params, querystring: DiffWorkflow, response: { 200: WorkflowDiff, ...problems(401, 404, 422) } }
const pausing = { params, body: PauseWorkflow, response: { 200: Workflow, ...problems(401, 403, 404, 409, 422) } }
const resuming = { params, response: { 200: Workflow, ...problems(401, 403, 404, 409) } }
const transitions = { params, querystring: TransitionQuery, response: { 200: WorkflowTransitionPage, ...problems(401, 404, 422) } }
const publishing = { params, body: PublishWorkflow, response: { 200: Workflow, ...problems(401, 403, 404, 409, 422) } }

/** What reads no workflow: the check of a definition and the shape that it is checked against. */
export const definitionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/workflows/validate',
    { config: { repeatable: true }, schema: { operationId: 'validateWorkflow', tags, summary: 'Check a definition', ...validating } },
    async (request) => validateWorkflow(request.body.definition),
  )
  app.get(
    '/workflows/schema.json',
    { config: { public: true }, schema: { operationId: 'getWorkflowSchema', tags, summary: 'The JSON Schema of a definition' } },
    async () => publishedSchema,
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

/** The life of a workflow: its versions side by side, and whether new runs may begin. */
export const workflowLifeRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/workflows/:id/versions/:version',
    { schema: { operationId: 'getWorkflowVersion', tags, summary: 'One version as it was written', ...readingVersion } },
    async (request) => getVersion(request.ctx, request.params.id, request.params.version),
  )
  app.get(
    '/workflows/:id/diff',
    { schema: { operationId: 'diffWorkflow', tags, summary: 'What differs between two versions', ...diffing } },
    async (request) => diffWorkflow(request.ctx, request.params.id, request.query),
  )
  app.get(
    '/workflows/:id/transitions',
    { schema: { operationId: 'listWorkflowTransitions', tags, summary: 'What became of it, newest first', ...transitions } },
    async (request) => listTransitions(request.ctx, request.params.id, request.query),
  )
  app.post(
    '/workflows/:id/pause',
    { schema: { operationId: 'pauseWorkflow', tags, summary: 'Let no further run begin', ...pausing } },
    async (request) => pauseWorkflow(request.ctx, request.params.id, request.body),
  )
  app.post(
    '/workflows/:id/resume',
    { schema: { operationId: 'resumeWorkflow', tags, summary: 'Let runs begin again', ...resuming } },
    async (request) => resumeWorkflow(request.ctx, request.params.id),
  )
}
