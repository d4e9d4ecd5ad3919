import { AppError, inTx } from '@orrery/core'
import type { Login } from '@orrery/shared-types'
import type { AuthCtx } from '../../context.ts'
import { openSession } from '../sessions/index.ts'
import { findAccount, verifyPassword } from '../users/index.ts'
import { type Issued, issueTokens } from './issue-tokens.ts'
import { countFailure, forgiveFailures, requireCalm } from './slow-down.ts'

/** Opens a session. An unknown address, a wrong password and a deactivated account get the same answer in the same time. */
export async function logIn(ctx: AuthCtx, input: Login & { userAgent: string | null }): Promise<Issued> {
  await requireCalm(ctx, input.email)
  const account = await findAccount(ctx, { email: input.email })
  const matches = await verifyPassword(account?.passwordHash, input.password)
  if (!account || !matches || !account.active) {
    await countFailure(ctx, input.email)
    throw new AppError('unauthenticated', 'login_failed', 'This e-mail address and password do not belong together')
  }
  const opened = await inTx(ctx, async (ctx) => {
    await forgiveFailures(ctx, input.email)
    return openSession(ctx, { userId: account.id, admin: account.role === 'admin', userAgent: input.userAgent })
  })
  return issueTokens(ctx, { account, ...opened })
}
