import { audit, inTx, newId, publish, requireRole } from '@orrery/core'
import type { CreatedWebhook, CreateWebhook } from '@orrery/shared-types'
import type { WebhookCtx } from '../../context.ts'
import { getWebhook } from './get-webhook.ts'
import { newSecret } from './signing.ts'
import { requireTarget } from './target-url.ts'
import * as webhooks from './webhook.repository.ts'

/** Tells an address of what happens in a project from now on. Only its answer shows the secret. */
export async function createWebhook(ctx: WebhookCtx, input: CreateWebhook): Promise<CreatedWebhook> {
  const { vault, allow } = ctx
  await requireRole(ctx, input.projectId, 'manager')
  const url = await requireTarget(input.url, allow)
  const id = newId('webhook')
  const secret = newSecret()
  const sealed = await vault.seal(secret, id)
  return inTx(ctx, async (ctx) => {
    await requireRole(ctx, input.projectId, 'manager')
    const { projectId, name, eventTypes, enabled = true } = input
    const row = await webhooks.insert(ctx, { id, projectId, name, url, eventTypes, enabled, secret: sealed })
    await audit(ctx, {
      action: 'webhook.create',
      entityType: 'webhook',
      entityId: id,
      projectId,
      after: { name, url, eventTypes, enabled },
    })
    await publish(ctx, 'webhook.created', { id, version: row.version, projectId }, { name })
    return { ...(await getWebhook(ctx, id)), secret }
  })
}
