import { audit, inTx, publish, requireRole, requireVersion, type TxCtx } from '@orrery/core'
import type { CreatedWebhook, Id, RotateSecret, UpdateWebhook, Webhook } from '@orrery/shared-types'
import type { WebhookCtx } from '../../context.ts'
import { getWebhook, requireWebhook, webhookNotFound } from './get-webhook.ts'
import { newSecret, rotated } from './signing.ts'
import { requireTarget } from './target-url.ts'
import * as webhooks from './webhook.repository.ts'

async function lockMine(ctx: TxCtx, id: Id<'webhook'>) {
  const row = await webhooks.lock(ctx, id)
  if (!row) throw webhookNotFound()
  await requireRole(ctx, row.projectId, 'manager', 'webhook')
  return row
}

const shown = ({ name, url, eventTypes, enabled }: Pick<webhooks.WebhookRow, 'name' | 'url' | 'eventTypes' | 'enabled'>) => ({
  name,
  url,
  eventTypes,
  enabled,
})

/** Changes where it leads, of what it tells, or whether it does. What happens while it is off is not made up for. */
export async function updateWebhook(
  ctx: WebhookCtx,
  id: Id<'webhook'>,
  input: UpdateWebhook,
  ifVersion: number | undefined,
): Promise<Webhook> {
  await requireWebhook(ctx, id, 'manager')
  const url = input.url === undefined ? {} : { url: await requireTarget(input.url, ctx.allow) }
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    requireVersion(before, ifVersion)
    const switchedOn = input.enabled === true && !before.enabled
    const set = { ...input, ...url, ...(input.enabled && { disabledReason: null }) }
    const after = await webhooks.update(ctx, id, set, { fromNow: switchedOn })
    const { projectId } = before
    await audit(ctx, {
      action: 'webhook.update',
      entityType: 'webhook',
      entityId: id,
      projectId,
      before: shown(before),
      after: shown(after),
    })
    await publish(ctx, 'webhook.updated', { id, version: after.version, projectId }, { fields: Object.keys(input) })
    return getWebhook(ctx, id)
  })
}

/** Gives it a new secret. The old one signs beside it for a day, so that a receiver can change over. */
export async function rotateWebhookSecret(
  ctx: WebhookCtx,
  id: Id<'webhook'>,
  { revokeOld = false }: RotateSecret,
): Promise<CreatedWebhook> {
  const secret = newSecret()
  const sealed = await ctx.vault.seal(secret, id)
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    const after = await webhooks.update(ctx, id, rotated(before.secret, sealed, { revokeOld }))
    const { projectId } = before
    await audit(ctx, { action: 'webhook.rotate_secret', entityType: 'webhook', entityId: id, projectId, after: { revokeOld } })
    await publish(ctx, 'webhook.updated', { id, version: after.version, projectId }, { fields: ['secret'] })
    return { ...(await getWebhook(ctx, id)), secret }
  })
}

/** Removes it with all that it was yet to deliver. */
export function deleteWebhook(ctx: WebhookCtx, id: Id<'webhook'>): Promise<void> {
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    await webhooks.remove(ctx, id)
    const { projectId } = before
    await audit(ctx, { action: 'webhook.delete', entityType: 'webhook', entityId: id, projectId, before: shown(before) })
    await publish(ctx, 'webhook.deleted', { id, version: before.version + 1, projectId }, {})
  })
}
