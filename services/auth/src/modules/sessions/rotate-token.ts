import { type Ctx, inTx } from '@orrery/core'
import type { Secrets } from '../../secrets.ts'
import { hashOf, successorOf } from './refresh-token.ts'
import { revokeSessions } from './revoke-sessions.ts'
import * as sessions from './session.repository.ts'

const graceMs = 10_000

type Rotated = { session: sessions.SessionRow; refreshToken: string }

/**
 * Spends a refresh token and gives its successor. Whoever shows the same one again within ten seconds gets the same
 * successor: a lost answer, two tabs at once. Later it means that somebody holds a copy, so the session ends: null.
 */
export function rotateToken(
  outer: Ctx & { readonly secrets: Secrets },
  input: { token: string; userAgent: string | null },
): Promise<Rotated | null> {
  const { secrets, ...rest } = outer
  return inTx(rest, async (ctx) => {
    const hash = hashOf(input.token)
    const found = await sessions.lockByToken(ctx, hash)
    if (!found) return null
    const { session, spentForMs } = found
    const refreshToken = successorOf(input.token, secrets.refreshTokens)
    if (spentForMs === null) {
      await sessions.spendToken(ctx, hash, session.id)
      await sessions.insertToken(ctx, { hash: hashOf(refreshToken), sessionId: session.id, userAgent: input.userAgent, ip: ctx.ip })
      return { session, refreshToken }
    }
    if (spentForMs <= graceMs) return { session, refreshToken }
    await revokeSessions(ctx, { userId: session.userId, only: session.id, reason: 'refresh_token_reused' })
    return null
  })
}
