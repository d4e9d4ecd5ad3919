import { audit, type Ctx, inTx, notFound, publish } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import * as sessions from './session.repository.ts'

/** Ends sessions of one user; their access tokens stop as soon as the revocation bell is heard. Answers how many were alive. */
export function revokeSessions(ctx: Ctx, which: sessions.Which & { reason: string }): Promise<{ revoked: number }> {
  return inTx(ctx, async (ctx) => {
    const ended = await sessions.revoke(ctx, which)
    for (const { id, userId, version } of ended) {
      await audit(ctx, { action: 'session.revoked', entityType: 'session', entityId: id, after: { userId, reason: which.reason } })
      await publish(ctx, 'session.revoked', { id, version, audience: [userId] }, { userId, reason: which.reason })
    }
    return { revoked: ended.length }
  })
}

/** Ends one session of the caller. */
export async function revokeSession(ctx: Ctx, input: { userId: Id<'user'>; id: Id<'session'> }): Promise<void> {
  const { revoked } = await revokeSessions(ctx, { userId: input.userId, only: input.id, reason: 'revoked' })
  if (revoked === 0) throw notFound('session')
}
