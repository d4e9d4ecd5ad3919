import { type Ctx, inTx, invalid } from '@orrery/core'
import type { Register, User } from '@orrery/shared-types'
import type { AuthCtx } from '../../context.ts'
import { addUser } from './add-user.ts'
import { weaknessOf } from './identity.policy.ts'
import { isInvited } from './invitation.ts'
import { hashPassword } from './password.ts'
import { invitationInvalid, registrationClosed } from './user.errors.ts'
import * as users from './user.repository.ts'

/** Makes an account. The first one of an installation is its administrator and needs no invitation. */
export async function registerUser(outer: AuthCtx, input: Register): Promise<{ user: User }> {
  const { registration, secrets } = outer
  if (registration === 'closed') throw registrationClosed()
  const weakness = weaknessOf(input.password, input)
  if (weakness) throw invalid('/password', weakness)
  const invited = registration === 'open' || (await isInvited(input.email, input.invitation, secrets.invitations))
  const passwordHash = await hashPassword(input.password)
  return { user: await admit(outer, { ...input, passwordHash, invited }) }
}

/** Adds the account, as administrator if nobody was here before. */
export function admit(ctx: Ctx, person: Register & { passwordHash: string; invited: boolean }): Promise<User> {
  return inTx(ctx, async (ctx) => {
    const first = await users.isFirst(ctx)
    if (!first && !person.invited) throw invitationInvalid()
    const { email, username, fullName = null, passwordHash } = person
    return users.toUser(await addUser(ctx, { email: email.trim(), username, fullName, role: first ? 'admin' : 'user', passwordHash }))
  })
}
