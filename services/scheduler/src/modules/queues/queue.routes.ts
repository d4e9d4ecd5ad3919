import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { AppError, requireAdmin, requireRole } from '@orrery/core'
import { takeAnyJson } from '@orrery/service-kit'
import {
  Drained,
  ExchangeAnswer,
  InProject,
  Input,
  NamedQueue,
  ProjectExchange,
  problems,
  QueueList,
  QueueName,
  QueueQuery,
  QueueSetting,
  Redriven,
  SetQueue,
} from '@orrery/shared-types'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { BellQueues } from '../../clients/bell-queues.ts'
import { type Machinery, withMachinery } from '../../context.ts'
import { redriveAll } from '../dead-letters/index.ts'
import { mendCall } from '../engine/index.ts'
import { drainQueue } from './drain-queue.ts'
import { listQueues } from './list-queues.ts'
import { setQueue } from './set-queue.ts'

const tags = ['queues']
const named = Input({ name: QueueName })
const listing = { querystring: QueueQuery, response: { 200: QueueList, ...problems(401, 403, 404, 422) } }
const setting = { params: NamedQueue, body: SetQueue, response: { 200: QueueSetting, ...problems(401, 403, 404, 422) } }
const draining = { params: named, body: InProject, response: { 200: Drained, ...problems(401, 403, 404, 422) } }
const retrying = { params: named, body: InProject, response: { 200: Redriven, ...problems(401, 403, 404, 422) } }
const exchanging = { body: ProjectExchange, response: { 200: ExchangeAnswer, ...problems(401, 403, 404, 422) } }
const bell = {
  params: Input({ name: Type.String({ maxLength: 80 }) }),
  response: { 200: Type.Object({ count: Type.Integer() }), ...problems(401, 403, 404) },
}

export const queueRoutes =
  (machinery: Machinery, bells: BellQueues, workerLimit: object): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ctxOf = withMachinery(machinery)
    takeAnyJson(app as unknown as FastifyInstance)
    app.get('/queues', { schema: { operationId: 'listQueues', tags, summary: 'How the queues stand', ...listing } }, async (request) =>
      listQueues(request.ctx, request.query, bells.counts),
    )
    app.patch(
      '/queues/:name',
      { schema: { operationId: 'setQueue', tags, summary: 'Pause it, let it go on, bound it', ...setting } },
      async (request) => setQueue(ctxOf(request), request.params.name, request.body),
    )
    app.post(
      '/queues/:name/drain',
      { config: { repeatable: true }, schema: { operationId: 'drainQueue', tags, summary: 'Give up what waits in it', ...draining } },
      async (request) => drainQueue(ctxOf(request), request.params.name, request.body.projectId),
    )
    app.post(
      '/queues/:name/retry',
      { config: { repeatable: true }, schema: { operationId: 'retryQueue', tags, summary: 'Start again what was given up', ...retrying } },
      async (request) => redriveAll(ctxOf(request), { projectId: request.body.projectId, queue: request.params.name }),
    )
    app.post(
      '/exchange',
      {
        config: { anyValue: true, repeatable: true, rateLimit: workerLimit },
        preValidation: async (request) => mendCall(request.body, request.headers),
        bodyLimit: 32 * 1024 * 1024,
        schema: {
          operationId: 'exchange',
          tags,
          summary: 'For a worker of a project: results up, work down',
          description:
            'The one call of a worker of your own, with an API key of the role operator. `worker` is an id that it makes at its start: wkr_ and a TypeID. ' +
            '`room` says how many steps of each queue it can take. Heartbeats once a second keep its attempts; after `leaseMs` of silence they go to another. ' +
            '`cancels` names attempts to let go: what is said of them afterwards changes nothing. `waitMs` is cut to a third of a lease.',
          ...exchanging,
        },
      },
      async (request, reply) => {
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        const { projectId, ...call } = request.body
        await requireRole(request.ctx, projectId, 'operator')
        return machinery.engine.exchange(call, { project: projectId, gone: gone.signal })
      },
    )
  }

/** The queues of BullMQ, for administrators. What they hold only rings. */
export const bellRoutes =
  (bells: BellQueues): FastifyPluginAsyncTypebox =>
  async (app) => {
    const found = (name: string) => {
      if (!bells.names.includes(name))
        throw new AppError('not_found', 'queue_not_found', `There is no such queue; there are ${bells.names.join(', ')}`)
      return name
    }
    app.post(
      '/queues/bells/:name/retry',
      { config: { repeatable: true }, schema: { operationId: 'retryBells', tags, summary: 'Ring again what failed', ...bell } },
      async (request) => {
        requireAdmin(request.ctx)
        return { count: await bells.retry(found(request.params.name)) }
      },
    )
    app.post(
      '/queues/bells/:name/drain',
      { config: { repeatable: true }, schema: { operationId: 'drainBells', tags, summary: 'Take out what waits', ...bell } },
      async (request) => {
        requireAdmin(request.ctx)
        return { count: await bells.drain(found(request.params.name)) }
      },
    )
  }
