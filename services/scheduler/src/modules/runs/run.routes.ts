import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CreateRun, IdOf, Input, LogPage, LogQuery, problems, Run, RunPage, RunQuery } from '@orrery/shared-types'
import { type Machinery, withMachinery } from '../../context.ts'
import { cancelRun } from './cancel-run.ts'
import { createRun } from './create-run.ts'
import { getLogs, getRun } from './get-run.ts'
import { listRuns } from './list-runs.ts'

const tags = ['runs']
const params = Input({ id: IdOf('run') })

export const runRoutes = (machinery: Machinery): FastifyPluginAsyncTypebox => async (app) => {
  const ctxOf = withMachinery(machinery)
  app.post(
    '/runs',
    { schema: { tags, operationId: 'createRun', summary: 'Start a run', body: CreateRun, response: { 201: Run, ...problems(401, 403, 404, 409, 422) } } },
    async (request, reply) => reply.code(201).send(await createRun(ctxOf(request), request.body)),
  )
  app.get('/runs', { schema: { tags, operationId: 'listRuns', summary: 'List runs', querystring: RunQuery, response: { 200: RunPage, ...problems(401, 422) } } }, async (request) =>
    listRuns(request.ctx, request.query),
  )
  app.get(
    '/runs/:id',
    { schema: { tags, operationId: 'getRun', summary: 'Read a run with its steps', params, response: { 200: Run, ...problems(401, 404) } } },
    async (request) => getRun(ctxOf(request), request.params.id),
  )
  app.get(
    '/runs/:id/logs',
    { schema: { tags, operationId: 'getRunLogs', summary: 'Read log lines', params, querystring: LogQuery, response: { 200: LogPage, ...problems(401, 404, 422) } } },
    async (request) => getLogs(ctxOf(request), request.params.id, request.query),
  )
  app.post(
    '/runs/:id/cancel',
    { schema: { tags, operationId: 'cancelRun', summary: 'Cancel a run', params, response: { 200: Run, ...problems(401, 403, 404, 409) } } },
    async (request) => cancelRun(ctxOf(request), request.params.id),
  )
}
