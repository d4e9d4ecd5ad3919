import { newUuid } from '@orrery/core'
import type { Id, Tokens } from '@orrery/shared-types'
import { SignJWT } from 'jose'
import type { AuthCtx } from '../../context.ts'
import { type Account, presentUser } from '../users/index.ts'
import { accessTokenSeconds } from './access-token.policy.ts'

/** What a client gets beside the moment its session ends for good. */
export type Issued = { tokens: Tokens; sessionEndsAt: string }

type Session = { id: Id<'session'>; expiresAt: string }

export async function issueTokens(ctx: AuthCtx, input: { account: Account; session: Session; refreshToken: string }): Promise<Issued> {
  const { account, session, refreshToken } = input
  const now = Date.now()
  const expiresIn = accessTokenSeconds(session.expiresAt, now)
  const token = new SignJWT({ sid: session.id, role: account.role })
    .setSubject(account.id)
    .setJti(newUuid())
    .setIssuer(ctx.token.issuer)
    .setAudience(ctx.token.audience)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(now / 1000) + expiresIn)
  const accessToken = await ctx.signer.sign(ctx, token, ctx.token.type)
  return { tokens: { accessToken, expiresIn, refreshToken, user: presentUser(account) }, sessionEndsAt: session.expiresAt }
}
