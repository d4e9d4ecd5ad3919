import { createHash } from 'node:crypto'
import { AppError, type Ctx, inTx, type TxCtx } from '@orrery/core'
import { emailKeyOf } from '../users/index.ts'
import * as failures from './login-failure.repository.ts'
import { freeFailures, waitSeconds } from './slow-down.policy.ts'

const hash = (text: string) => createHash('sha256').update(text).digest('base64url')

/** Many guesses from one place hit the first key, guesses from many places the second. */
function keysOf(ctx: Ctx, email: string) {
  const account = emailKeyOf(email)
  return { pair: hash(`pair ${account} ${ctx.ip}`), account: hash(`account ${account}`) }
}

/** Refuses an attempt that comes too soon after too many failed ones. Knows nothing of whether the account exists. */
export async function requireCalm(ctx: Ctx, email: string): Promise<void> {
  const keys = keysOf(ctx, email)
  const known = await failures.read(ctx, [keys.pair, keys.account])
  const waits = (['pair', 'account'] as const).map((which) => {
    const found = known.get(keys[which])
    return found ? waitSeconds(found.failures, freeFailures[which]) - found.agoSeconds : 0
  })
  const wait = Math.ceil(Math.max(...waits))
  if (wait > 0)
    throw new AppError('limited', 'login_slowed', `Too many failed attempts; try again in ${wait} s`, { retryAfterSeconds: wait })
}

export function countFailure(ctx: Ctx, email: string): Promise<void> {
  const { pair, account } = keysOf(ctx, email)
  return inTx(ctx, (ctx) => failures.count(ctx, [pair, account]))
}

/** A success forgives this place alone: guesses from elsewhere go on being slowed. */
export const forgiveFailures = (ctx: TxCtx, email: string) => failures.clear(ctx, [keysOf(ctx, email).pair])

export const forgetOldFailures = (ctx: Ctx): Promise<unknown> => inTx(ctx, (ctx) => failures.removeOld(ctx))
