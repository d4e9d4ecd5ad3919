import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CreateRun, IdOf, Input, LogPage, LogQuery, problems, Run, RunPage, RunQuery } from '@orrery/shared-types'
import { type Machinery, withMachinery } from '../../context.ts'
import { cancelRun } from './cancel-run.ts'
import { createRun } from './create-run.ts'
import { getLogs, getRun } from './get-run.ts'
import { listRuns } from './list-runs.ts'

const tags = ['runs']
const params = Input({ id: IdOf('run') })
const creating = { body: CreateRun, response: { 201: Run, ...problems(401, 403, 404, 409, 422) } }
const listing = { querystring: RunQuery, response: { 200: RunPage, ...problems(401, 422) } }
const reading = { params, response: { 200: Run, ...problems(401, 404) } }
const logging = { params, querystring: LogQuery, response: { 200: LogPage, ...problems(401, 404, 422) } }
const canceling = { params, response: { 200: Run, ...problems(401, 403, 404, 409) } }

export const runRoutes =
  (machinery: Machinery): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ctxOf = withMachinery(machinery)
    app.post('/runs', { schema: { operationId: 'createRun', tags, summary: 'Start a run', ...creating } }, async (request, reply) =>
      reply.code(201).send(await createRun(ctxOf(request), request.body)),
    )
    app.get('/runs', { schema: { operationId: 'listRuns', tags, summary: 'The runs you can see', ...listing } }, async (request) =>
      listRuns(request.ctx, request.query),
    )
    app.get('/runs/:id', { schema: { operationId: 'getRun', tags, summary: 'One run, with its steps', ...reading } }, async (request) =>
      getRun(ctxOf(request), request.params.id),
    )
    app.get('/runs/:id/logs', { schema: { operationId: 'getRunLogs', tags, summary: 'Its log lines', ...logging } }, async (request) =>
      getLogs(ctxOf(request), request.params.id, request.query),
    )
    app.post('/runs/:id/cancel', { schema: { operationId: 'cancelRun', tags, summary: 'Cancel a run', ...canceling } }, async (request) =>
      cancelRun(ctxOf(request), request.params.id),
    )
  }
