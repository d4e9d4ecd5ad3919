import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { HookScheme } from '@orrery/shared-types'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import type { Headers } from './call.policy.ts'

/** Who calls has shown that it knows the secret. `messageId` is what it calls its message; null where it doesn't name it. */
export type Verified = { messageId: string | null; refusal?: never }
export type Refused = { refusal: { reason: 'signature_missing' | 'signature_invalid' | 'timestamp_out_of_range'; detail: string } }

const maxIdLength = 200

const refused = (reason: Refused['refusal']['reason'], detail: string): Refused => ({ refusal: { reason, detail } })

/** Checks a call by the bytes that came. Several secrets are in force for a while after one was replaced. */
export function verifyCall(scheme: HookScheme, secrets: string[], raw: Buffer, headers: Headers): Verified | Refused {
  return schemes[scheme](secrets, raw, headers)
}

type Check = (secrets: string[], raw: Buffer, headers: Headers) => Verified | Refused

const standard: Check = (secrets, raw, headers) => {
  const id = headers['webhook-id']
  if (!id || id.length > maxIdLength || !headers['webhook-timestamp'] || !headers['webhook-signature'])
    return refused('signature_missing', 'Send webhook-id, webhook-timestamp and webhook-signature, as Standard Webhooks says')
  const text = decode(raw)
  if (text === undefined) return refused('signature_invalid', 'The body is not UTF-8')
  let last = refused('signature_invalid', 'The signature does not fit the body')
  for (const secret of secrets) {
    try {
      new Webhook(secret).verify(text, headers, { jsonParse: false })
      return { messageId: id }
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error
      if (error.message.startsWith('Message timestamp'))
        last = refused('timestamp_out_of_range', 'webhook-timestamp is more than five minutes from now')
    }
  }
  return last
}

/** GitHub signs the body alone: neither its time nor its name is covered. */
const github: Check = (secrets, raw, headers) => {
  const given = headers['x-hub-signature-256']
  if (!given) return refused('signature_missing', 'Send X-Hub-Signature-256: enter the secret in the settings of the webhook at GitHub')
  const fits = secrets.some((secret) => isSame(given, `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`))
  return fits ? { messageId: idOf(headers['x-github-delivery']) } : refused('signature_invalid', 'The signature does not fit the body')
}

const token: Check = (secrets, _raw, headers) => {
  const bearer = /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1]
  const given = headers['x-hook-token'] ?? headers['x-gitlab-token'] ?? bearer
  if (!given) return refused('signature_missing', 'Send the secret in X-Hook-Token, X-Gitlab-Token or Authorization: Bearer')
  const fits = secrets.some((secret) => isSame(given, secret))
  if (!fits) return refused('signature_invalid', 'This is not the secret of the hook')
  return { messageId: idOf(headers['idempotency-key'] ?? headers['webhook-id'] ?? headers['x-gitlab-event-uuid']) }
}

const schemes: Record<HookScheme, Check> = { standard, github, token }

const idOf = (text: string | undefined): string | null => (text ? text.slice(0, maxIdLength) : null)

/** Tells whether a message that comes again is the same. */
export const hashOf = (raw: Buffer): string => createHash('sha256').update(raw).digest('base64url')

const digest = (text: string) => createHash('sha256').update(text).digest()
/** Takes as long wherever they differ. */
const isSame = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** The text of these bytes; undefined where they aren't UTF-8, and two bodies could look alike. */
export function decode(raw: Buffer): string | undefined {
  try {
    return utf8.decode(raw)
  } catch {
    return undefined
  }
}
