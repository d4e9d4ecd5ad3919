import { AppError, audit, type Ctx, inTx, notFound, publish, requireAdmin, type TxCtx } from '@orrery/core'
import type { Id, UpdateMe, UpdateUser, User } from '@orrery/shared-types'
import { revokeApiKeysOf } from '../api-keys/index.ts'
import { requireSession, revokeSessions } from '../sessions/index.ts'
import { lastAdmin } from './user.errors.ts'
import * as users from './user.repository.ts'

type Change = Parameters<typeof users.update>[2]

/** Changes what people may change of themselves. */
export function updateMe(ctx: Ctx, input: UpdateMe): Promise<User> {
  return inTx(ctx, async (ctx) => {
    const before = await users.lock(ctx, requireSession(ctx).userId)
    if (!before) throw new AppError('unauthenticated', 'credentials_invalid', 'This account does not exist any more; log in again')
    return change(ctx, before, input)
  })
}

/** Changes role or activity. Whoever loses a right is logged out, and a deactivated person's keys stop as well. */
export function updateUser(ctx: Ctx, input: { id: Id<'user'>; change: UpdateUser }): Promise<User> {
  return inTx(ctx, async (ctx) => {
    requireAdmin(ctx)
    const others = await users.lockOtherAdmins(ctx, input.id)
    const before = await users.lock(ctx, input.id)
    if (!before) throw notFound('user')
    const { role = before.role, active = before.active } = input.change
    const wasAdmin = before.role === 'admin' && before.active
    const staysAdmin = role === 'admin' && active
    if (wasAdmin && !staysAdmin && others.length === 0) throw lastAdmin()
    const user = await change(ctx, before, { role, active })
    if (!active && before.active) await revokeApiKeysOf(ctx, before.id)
    if ((!active && before.active) || (wasAdmin && !staysAdmin)) {
      await revokeSessions(ctx, { userId: before.id, reason: active ? 'role_changed' : 'deactivated' })
    }
    return user
  })
}

async function change(ctx: TxCtx, before: users.UserRow, wanted: Change): Promise<User> {
  const given = Object.entries(wanted).filter(([name, value]) => value !== undefined && value !== before[name as keyof Change])
  if (given.length === 0) return users.toUser(before)
  const after = await users.update(ctx, before.id, Object.fromEntries(given))
  const [was, is] = [users.toUser(before), users.toUser(after)]
  await audit(ctx, { action: 'user.updated', entityType: 'user', entityId: before.id, before: was, after: is })
  await publish(
    ctx,
    'user.updated',
    { id: before.id, version: after.version, audience: [before.id] },
    { fields: given.map(([name]) => name) },
  )
  return is
}
