import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  Delivery,
  DeliveryPage,
  DeliveryQuery,
  DeliveryWithBody,
  IdOf,
  Input,
  problems,
  RedeliverDead,
  Redelivered,
} from '@orrery/shared-types'
import { type Outside, withOutside } from '../../context.ts'
import { getDelivery, listDeliveries } from './get-webhook.ts'
import { redeliver, redeliverDead, testWebhook } from './redeliver.ts'

const tags = ['webhooks']
const params = Input({ id: IdOf('webhook') })
const both = Input({ id: IdOf('webhook'), deliveryId: IdOf('delivery') })
const listing = { params, querystring: DeliveryQuery, response: { 200: DeliveryPage, ...problems(401, 404, 422) } }
const reading = { params: both, response: { 200: DeliveryWithBody, ...problems(401, 404) } }
const again = { params: both, response: { 202: Delivery, ...problems(401, 403, 404, 409) } }
const allAgain = { params, body: RedeliverDead, response: { 202: Redelivered, ...problems(401, 403, 404, 409, 422) } }
const testing = { params, response: { 202: Delivery, ...problems(401, 403, 404, 409) } }

/** What webhooks sent and will send. */
export const deliveryRoutes =
  (outside: Outside): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ctxOf = withOutside(outside)
    app.get(
      '/webhooks/:id/deliveries',
      { schema: { operationId: 'listDeliveries', tags, summary: 'What became of each event', ...listing } },
      async (request) => listDeliveries(request.ctx, request.params.id, request.query),
    )
    app.get(
      '/webhooks/:id/deliveries/:deliveryId',
      { schema: { operationId: 'getDelivery', tags, summary: 'One delivery, with the text that is sent', ...reading } },
      async (request) => getDelivery(request.ctx, request.params.id, request.params.deliveryId),
    )
    app.post(
      '/webhooks/:id/deliveries/:deliveryId/redeliver',
      { schema: { operationId: 'redeliver', tags, summary: 'Send it again', ...again } },
      async (request, reply) => reply.code(202).send(await redeliver(ctxOf(request), request.params.id, request.params.deliveryId)),
    )
    app.post(
      '/webhooks/:id/redeliver',
      { schema: { operationId: 'redeliverDead', tags, summary: 'Send again all that were given up since a time', ...allAgain } },
      async (request, reply) => reply.code(202).send(await redeliverDead(ctxOf(request), request.params.id, request.body)),
    )
    app.post(
      '/webhooks/:id/test',
      { schema: { operationId: 'testWebhook', tags, summary: 'Send a test', ...testing } },
      async (request, reply) => reply.code(202).send(await testWebhook(ctxOf(request), request.params.id)),
    )
  }
