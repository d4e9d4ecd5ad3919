import type { Ctx } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { emailKeyOf } from './identity.policy.ts'
import * as users from './user.repository.ts'

export type Account = users.UserRow
export const presentUser = users.toUser

/** The account behind an address or an id, with its password's hash: for logging in alone. */
export const findAccount = (ctx: Ctx, by: { email: string } | { id: Id<'user'> }): Promise<Account | undefined> =>
  'email' in by ? users.findByEmail(ctx, emailKeyOf(by.email)) : users.find(ctx, by.id)
