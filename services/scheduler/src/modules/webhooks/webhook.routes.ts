import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { etag, ifMatch } from '@orrery/service-kit'
import {
  CreatedWebhook,
  CreateWebhook,
  Empty,
  IdOf,
  Input,
  problems,
  RotateSecret,
  UpdateWebhook,
  Webhook,
  WebhookPage,
  WebhookQuery,
} from '@orrery/shared-types'
import { type Outside, withOutside } from '../../context.ts'
import { deleteWebhook, rotateWebhookSecret, updateWebhook } from './change-webhook.ts'
import { createWebhook } from './create-webhook.ts'
import { getWebhook, listWebhooks } from './get-webhook.ts'

const tags = ['webhooks']
const params = Input({ id: IdOf('webhook') })
const secretAnswer = { secretAnswer: true }
const creating = { body: CreateWebhook, response: { 201: CreatedWebhook, ...problems(401, 403, 404, 422) } }
const listing = { querystring: WebhookQuery, response: { 200: WebhookPage, ...problems(401, 422) } }
const reading = { params, response: { 200: Webhook, ...problems(401, 404) } }
const updating = { params, body: UpdateWebhook, response: { 200: Webhook, ...problems(401, 403, 404, 412, 422) } }
const deleting = { params, response: { 204: Empty, ...problems(401, 403, 404) } }
const rotating = { params, body: RotateSecret, response: { 200: CreatedWebhook, ...problems(401, 403, 404, 422) } }

export const webhookRoutes =
  (outside: Outside): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ctxOf = withOutside(outside)
    app.post(
      '/webhooks',
      { config: secretAnswer, schema: { operationId: 'createWebhook', tags, summary: 'Tell an address of events', ...creating } },
      async (request, reply) => {
        const webhook = await createWebhook(ctxOf(request), request.body)
        return reply.code(201).header('etag', etag(webhook)).send(webhook)
      },
    )
    app.get(
      '/webhooks',
      { schema: { operationId: 'listWebhooks', tags, summary: 'The webhooks you can see', ...listing } },
      async (request) => listWebhooks(request.ctx, request.query),
    )
    app.get(
      '/webhooks/:id',
      { schema: { operationId: 'getWebhook', tags, summary: 'One webhook', ...reading } },
      async (request, reply) => {
        const webhook = await getWebhook(request.ctx, request.params.id)
        return reply.header('etag', etag(webhook)).send(webhook)
      },
    )
    app.patch(
      '/webhooks/:id',
      { schema: { operationId: 'updateWebhook', tags, summary: 'Change it, switch it on or off', ...updating } },
      async (request, reply) => {
        const webhook = await updateWebhook(ctxOf(request), request.params.id, request.body, ifMatch(request))
        return reply.header('etag', etag(webhook)).send(webhook)
      },
    )
    app.delete(
      '/webhooks/:id',
      { schema: { operationId: 'deleteWebhook', tags, summary: 'Remove it', ...deleting } },
      async (request, reply) => {
        await deleteWebhook(ctxOf(request), request.params.id)
        return reply.code(204).send(null)
      },
    )
    app.post(
      '/webhooks/:id/rotate-secret',
      { config: secretAnswer, schema: { operationId: 'rotateWebhookSecret', tags, summary: 'Give it a new secret', ...rotating } },
      async (request) => rotateWebhookSecret(ctxOf(request), request.params.id, request.body),
    )
  }
