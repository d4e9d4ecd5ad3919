import { audit, newId, publish, type TxCtx } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { hashOf, newRefreshToken } from './refresh-token.ts'
import * as sessions from './session.repository.ts'

const lifeMs = 7 * 24 * 3600_000

/** Opens a session that ends for good after seven days, with its first refresh token. */
export async function openSession(outer: TxCtx, input: { userId: Id<'user'>; admin: boolean; userAgent: string | null }) {
  const { userId, admin, userAgent } = input
  const id = newId('session')
  const ctx: TxCtx = { ...outer, actor: { kind: 'user', userId, sessionId: id, admin } }
  const session = await sessions.insert(ctx, { id, userId, userAgent, ip: ctx.ip, lifeMs })
  const refreshToken = newRefreshToken()
  await sessions.insertToken(ctx, { hash: hashOf(refreshToken), sessionId: id, userAgent, ip: ctx.ip })
  await audit(ctx, { action: 'session.created', entityType: 'session', entityId: id, after: { userId, userAgent } })
  await publish(ctx, 'session.created', { id, version: session.version, audience: [userId] }, { userId })
  return { session, refreshToken }
}
