import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

/** A new secret as Standard Webhooks writes it. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

const overlapMs = 24 * 3_600_000

/** A new secret in the place of an old one, which stays in force beside it for a day, unless it is to end now. Both are sealed. */
export const rotated = (old: string, secret: string, { revokeOld }: { revokeOld: boolean }) => ({
  secret,
  previousSecret: revokeOld ? null : old,
  previousUntil: revokeOld ? null : new Date(Date.now() + overlapMs).toISOString(),
})

/** What an attempt carries so that the receiver can tell it is ours: one signature for each secret that is in force. */
export function signedHeaders(id: string, body: string, secrets: string[], now: Date): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  }
}
