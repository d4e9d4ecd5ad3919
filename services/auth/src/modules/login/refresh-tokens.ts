import { AppError } from '@orrery/core'
import type { AuthCtx } from '../../context.ts'
import { rotateToken } from '../sessions/index.ts'
import { findAccount } from '../users/index.ts'
import { type Issued, issueTokens } from './issue-tokens.ts'

const refused = () => new AppError('unauthenticated', 'refresh_token_invalid', 'This session has ended; log in again')

/** Trades a refresh token for the next one and a new access token. */
export async function refreshTokens(ctx: AuthCtx, input: { token: string | undefined; userAgent: string | null }): Promise<Issued> {
  if (!input.token) throw refused()
  const rotated = await rotateToken(ctx, { token: input.token, userAgent: input.userAgent })
  if (!rotated) throw refused()
  const account = await findAccount(ctx, { id: rotated.session.userId })
  if (!account?.active) throw refused()
  return issueTokens(ctx, { account, ...rotated })
}
