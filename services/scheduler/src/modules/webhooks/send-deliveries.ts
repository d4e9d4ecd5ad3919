import { audit, type Ctx, inTx, publish, storable, type TxCtx, type Vault } from '@orrery/core'
import type { Claimed } from './delivery.repository.ts'
import * as deliveries from './delivery.repository.ts'
import { judge, type Posted, type Verdict } from './retry.policy.ts'
import { signedHeaders } from './signing.ts'
import * as webhooks from './webhook.repository.ts'

/** What sending needs: the line out, the vault that the secrets are in, and how long to wait before each attempt. */
export type Sending = {
  post: (url: string, headers: Record<string, string>, body: string) => Promise<Posted>
  vault: Vault
  retryMs: readonly number[]
}

// above the 15 s that an attempt may take
const leaseMs = 30_000
const perWebhook = 4

/** Takes what is due, for this process alone until the lease ends. */
export const claimDeliveries = (ctx: Ctx, room: number): Promise<Claimed[]> =>
  inTx(ctx, (ctx) => deliveries.claim(ctx, room, perWebhook, leaseMs))

/** Makes one attempt and writes down how it went. False where the lease had ended and another one took over. */
export async function sendDelivery(ctx: Ctx, delivery: Claimed, { post, vault, retryMs }: Sending): Promise<boolean> {
  const posted = await attempt(delivery, { post, vault })
  const verdict = judge(posted, delivery.step, retryMs, Math.random(), new Date())
  return inTx(ctx, async (ctx) => {
    const mine = await deliveries.settle(ctx, delivery, {
      status: verdict.status,
      delayMs: verdict.delayMs,
      statusCode: posted.status ?? null,
      error: verdict.error && storable(verdict.error),
      durationMs: Math.round(posted.durationMs),
      excerpt: posted.status === undefined ? null : storable(posted.excerpt),
    })
    if (mine && verdict.gone) await switchOff(ctx, delivery)
    if (mine && verdict.status === 'dead') await tellDead(ctx, delivery, verdict)
    return mine
  })
}

async function attempt({ id, webhookId, url, secrets, body }: Claimed, { post, vault }: Pick<Sending, 'post' | 'vault'>): Promise<Posted> {
  let opened: string[]
  try {
    opened = await Promise.all(secrets.map((each) => vault.unseal(each, webhookId)))
  } catch {
    return { failure: 'Its secret can not be opened with this ORRERY_SECRET_KEY; rotate the secret', durationMs: 0 }
  }
  return post(url, { 'content-type': 'application/cloudevents+json', ...signedHeaders(id, body, opened, new Date()) }, body)
}

async function switchOff(ctx: TxCtx, { webhookId, projectId }: Claimed): Promise<void> {
  const before = await webhooks.lock(ctx, webhookId)
  if (!before?.enabled) return
  const reason = 'The address answered 410 Gone'
  const { version } = await webhooks.update(ctx, webhookId, { enabled: false, disabledReason: reason })
  await audit(ctx, { action: 'webhook.disable', entityType: 'webhook', entityId: webhookId, projectId, after: { reason } })
  await publish(ctx, 'webhook.disabled', { id: webhookId, version, projectId }, { reason })
}

const tellDead = (ctx: TxCtx, { id, webhookId, projectId, attempt: attempts }: Claimed, { error }: Verdict): Promise<void> =>
  publish(ctx, 'webhook.delivery_failed', { id, version: attempts, projectId }, { webhookId, attempts, error: error ?? '' })

const keepDays = 30
const forgetAtOnce = 5000

/** Forgets deliveries of more than 30 days ago. */
export async function forgetDeliveries(ctx: Ctx): Promise<void> {
  while ((await inTx(ctx, (ctx) => deliveries.forget(ctx, keepDays, forgetAtOnce))) === forgetAtOnce);
}
