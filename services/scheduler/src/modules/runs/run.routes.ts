import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  CompareRuns,
  CreateRun,
  ForkRun,
  IdOf,
  Input,
  problems,
  ReplayRun,
  Run,
  RunComparison,
  RunPage,
  RunQuery,
  RunTimeline,
  Signaled,
  SignalRun,
  WhyRun,
} from '@orrery/shared-types'
import { Type } from '@sinclair/typebox'
import { type Machinery, withMachinery } from '../../context.ts'
import { cancelRun } from './cancel-run.ts'
import { compareRuns } from './compare-runs.ts'
import { createRun } from './create-run.ts'
import { getRun } from './get-run.ts'
import { getTimeline } from './get-timeline.ts'
import { listRuns } from './list-runs.ts'
import { forkRun, replayRun, retryRun } from './repeat-run.ts'
import { signalRun } from './signal-run.ts'
import { whyRun } from './why-run.ts'

const tags = ['runs']
const params = Input({ id: IdOf('run') })
const creating = { body: CreateRun, response: { 201: Run, ...problems(401, 403, 404, 409, 422) } }
const listing = { querystring: RunQuery, response: { 200: RunPage, ...problems(401, 422) } }
const reading = { params, response: { 200: Run, ...problems(401, 404) } }
const asking = { params, response: { 200: WhyRun, ...problems(401, 404) } }
const timing = { params, response: { 200: RunTimeline, ...problems(401, 404) } }
const comparing = { params, querystring: CompareRuns, response: { 200: RunComparison, ...problems(401, 404, 422) } }
const retrying = { params, response: { 201: Run, ...problems(401, 403, 404, 409) } }
const replaying = { params, body: ReplayRun, response: { 201: Run, ...problems(401, 403, 404, 409, 422) } }
const forking = { params, body: ForkRun, response: { 201: Run, ...problems(401, 403, 404, 409, 422) } }
const signaling = {
  params: Input({ id: IdOf('run'), name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000]*$' }) }),
  body: SignalRun,
  response: { 200: Signaled, ...problems(401, 403, 404, 409, 422) },
}
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
    app.get('/runs/:id/why', { schema: { operationId: 'whyRun', tags, summary: 'Why it does not move', ...asking } }, async (request) =>
      whyRun(ctxOf(request), request.params.id),
    )
    app.get(
      '/runs/:id/timeline',
      { schema: { operationId: 'getRunTimeline', tags, summary: 'What happened when', ...timing } },
      async (request) => getTimeline(ctxOf(request), request.params.id),
    )
    app.get(
      '/runs/:id/compare',
      { schema: { operationId: 'compareRuns', tags, summary: 'Beside another run', ...comparing } },
      async (request) => compareRuns(ctxOf(request), request.params.id, request.query.with),
    )
    app.post(
      '/runs/:id/retry',
      { schema: { operationId: 'retryRun', tags, summary: 'Start again what failed', ...retrying } },
      async (request, reply) => reply.code(201).send(await retryRun(ctxOf(request), request.params.id)),
    )
    app.post(
      '/runs/:id/replay',
      { schema: { operationId: 'replayRun', tags, summary: 'Start anew', ...replaying } },
      async (request, reply) => reply.code(201).send(await replayRun(ctxOf(request), request.params.id, request.body)),
    )
    app.post(
      '/runs/:id/fork',
      { schema: { operationId: 'forkRun', tags, summary: 'Start from a step', ...forking } },
      async (request, reply) => reply.code(201).send(await forkRun(ctxOf(request), request.params.id, request.body)),
    )
    app.post(
      '/runs/:id/signals/:name',
      { schema: { operationId: 'signalRun', tags, summary: 'Give it a signal', ...signaling } },
      async (request) => signalRun(ctxOf(request), request.params.id, request.params.name, request.body.payload),
    )
    app.post('/runs/:id/cancel', { schema: { operationId: 'cancelRun', tags, summary: 'Cancel a run', ...canceling } }, async (request) =>
      cancelRun(ctxOf(request), request.params.id),
    )
  }
