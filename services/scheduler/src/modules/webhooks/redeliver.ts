import { AppError, audit, inTx, newId } from '@orrery/core'
import type { Delivery, Id, RedeliverDead, Redelivered } from '@orrery/shared-types'
import type { WebhookCtx } from '../../context.ts'
import { testEvent, testType } from './cloud-event.policy.ts'
import * as deliveries from './delivery.repository.ts'
import { getDelivery, requireWebhook } from './get-webhook.ts'

const switchedOff = () => new AppError('conflict', 'webhook_disabled', 'This webhook is switched off; switch it on first')

/** Sends one delivery again, under the id it had, and begins its retries anew. */
export async function redeliver(ctx: WebhookCtx, id: Id<'webhook'>, deliveryId: Id<'delivery'>): Promise<Delivery> {
  const delivery = await inTx(ctx, async (ctx) => {
    const webhook = await requireWebhook(ctx, id, 'operator')
    await getDelivery(ctx, id, deliveryId)
    if (!webhook.enabled) throw switchedOff()
    if (!(await deliveries.restart(ctx, id, deliveryId)))
      throw new AppError('conflict', 'delivery_under_way', 'This delivery is being sent at this moment; look again in half a minute')
    const entity = { entityType: 'delivery', entityId: deliveryId, projectId: webhook.projectId } as const
    await audit(ctx, { action: 'webhook.redeliver', ...entity, after: { webhookId: id } })
    return getDelivery(ctx, id, deliveryId)
  })
  ctx.ringSenders()
  return delivery
}

/** Sends all again that were given up since a time. */
export async function redeliverDead(ctx: WebhookCtx, id: Id<'webhook'>, { since }: RedeliverDead): Promise<Redelivered> {
  const redelivered = await inTx(ctx, async (ctx) => {
    const webhook = await requireWebhook(ctx, id, 'operator')
    if (!webhook.enabled) throw switchedOff()
    const count = await deliveries.restartDead(ctx, id, since)
    const entity = { entityType: 'webhook', entityId: id, projectId: webhook.projectId } as const
    await audit(ctx, { action: 'webhook.redeliver', ...entity, after: { since, count } })
    return { count }
  })
  ctx.ringSenders()
  return redelivered
}

/** Sends an event of no consequence, to see whether it arrives. */
export async function testWebhook(ctx: WebhookCtx, id: Id<'webhook'>): Promise<Delivery> {
  const deliveryId = newId('delivery')
  const delivery = await inTx(ctx, async (tx) => {
    const webhook = await requireWebhook(tx, id, 'operator')
    if (!webhook.enabled) throw switchedOff()
    const body = testEvent(deliveryId, webhook.projectId, id, new Date().toISOString(), ctx.origin)
    await deliveries.insert(tx, [{ id: deliveryId, webhookId: id, seq: null, eventType: testType, body }])
    const entity = { entityType: 'webhook', entityId: id, projectId: webhook.projectId } as const
    await audit(tx, { action: 'webhook.test', ...entity, after: { deliveryId } })
    return getDelivery(tx, id, deliveryId)
  })
  ctx.ringSenders()
  return delivery
}
