import { audit, newId, publish, type TxCtx } from '@orrery/core'
import type { InstallationRole } from '@orrery/shared-types'
import { emailKeyOf, usernameKeyOf } from './identity.policy.ts'
import { emailTaken, usernameTaken } from './user.errors.ts'
import * as users from './user.repository.ts'

type NewPerson = { email: string; username: string; fullName: string | null; role: InstallationRole; passwordHash: string }

/** Adds an account. Two addresses or names that differ in case alone are the same. */
export async function addUser(ctx: TxCtx, person: NewPerson): Promise<users.UserRow> {
  const emailKey = emailKeyOf(person.email)
  const row = await users.insert(ctx, { ...person, id: newId('user'), emailKey, usernameKey: usernameKeyOf(person.username) })
  if (!row) throw (await users.findByEmail(ctx, emailKey)) ? emailTaken() : usernameTaken()
  await audit(ctx, { action: 'user.created', entityType: 'user', entityId: row.id, after: users.toUser(row) })
  await publish(ctx, 'user.created', { id: row.id, version: row.version, audience: [row.id] }, { username: row.username })
  return row
}
