import { type Ctx, choices, notFound, requireRole } from '@orrery/core'
import {
  type Delivery,
  type DeliveryQuery,
  type DeliveryWithBody,
  deliveryStatuses,
  type Id,
  type Page,
  type ProjectRole,
  type Webhook,
  type WebhookQuery,
} from '@orrery/shared-types'
import * as deliveries from './delivery.repository.ts'
import * as webhooks from './webhook.repository.ts'

export const webhookNotFound = () => notFound('webhook')

export async function getWebhook(ctx: Ctx, id: Id<'webhook'>): Promise<Webhook> {
  const webhook = await webhooks.find(ctx, id)
  if (!webhook) throw webhookNotFound()
  return webhook
}

/** A webhook for somebody who is about to do something with it. */
export async function requireWebhook(ctx: Ctx, id: Id<'webhook'>, least: ProjectRole): Promise<Webhook> {
  const webhook = await getWebhook(ctx, id)
  await requireRole(ctx, webhook.projectId, least, 'webhook')
  return webhook
}

export const listWebhooks = (ctx: Ctx, query: WebhookQuery): Promise<Page<Webhook>> => webhooks.list(ctx, query)

/** What was sent, or is to be, the latest first. */
export async function listDeliveries(ctx: Ctx, id: Id<'webhook'>, query: DeliveryQuery): Promise<Page<Delivery>> {
  await getWebhook(ctx, id)
  return deliveries.list(ctx, id, query.status === undefined ? [] : choices(query.status, deliveryStatuses, '/status'), query)
}

export async function getDelivery(ctx: Ctx, id: Id<'webhook'>, deliveryId: Id<'delivery'>): Promise<DeliveryWithBody> {
  await getWebhook(ctx, id)
  const delivery = await deliveries.find(ctx, id, deliveryId)
  if (!delivery) throw notFound('delivery')
  return delivery
}
