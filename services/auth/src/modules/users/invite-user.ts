import { audit, inTx, requireAdmin } from '@orrery/core'
import type { CreatedInvitation, CreateInvitation } from '@orrery/shared-types'
import type { AuthCtx } from '../../context.ts'
import { requireSession } from '../sessions/index.ts'
import { emailKeyOf } from './identity.policy.ts'
import { signInvitation } from './invitation.ts'
import { emailTaken } from './user.errors.ts'
import * as users from './user.repository.ts'

const lifeMs = 7 * 24 * 3600_000

/** Lets one address register within a week, where registration is by invitation. */
export function inviteUser(outer: AuthCtx, { email }: CreateInvitation): Promise<CreatedInvitation> {
  const { secrets } = outer
  return inTx(outer, async (ctx) => {
    requireAdmin(ctx)
    const { userId } = requireSession(ctx)
    if (await users.findByEmail(ctx, emailKeyOf(email))) throw emailTaken()
    const expiresAt = new Date(Math.floor((Date.now() + lifeMs) / 1000) * 1000)
    await audit(ctx, { action: 'user.invited', entityType: 'user', entityId: userId, after: { email, expiresAt } })
    return { email, invitation: await signInvitation(email, expiresAt, secrets.invitations), expiresAt: expiresAt.toISOString() }
  })
}
