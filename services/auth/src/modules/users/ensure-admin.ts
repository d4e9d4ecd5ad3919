import { type Ctx, inTx } from '@orrery/core'
import { addUser } from './add-user.ts'
import { emailKeyOf } from './identity.policy.ts'
import { hashPassword } from './password.ts'
import * as users from './user.repository.ts'

/** Makes the administrator that the settings name, unless that address has an account already. */
export async function ensureAdmin(outer: Ctx, { email, password }: { email: string; password: string }): Promise<void> {
  if (await users.findByEmail(outer, emailKeyOf(email))) return
  const passwordHash = await hashPassword(password)
  await inTx(outer, async (ctx) => {
    await users.isFirst(ctx)
    if (await users.findByEmail(ctx, emailKeyOf(email))) return
    const base = (email.split('@')[0] ?? '').replaceAll(/[^A-Za-z0-9._-]/g, '').replace(/^[._-]+/, '') || 'admin'
    await addUser(ctx, { email, username: base.length < 2 ? 'admin' : base.slice(0, 40), fullName: null, role: 'admin', passwordHash })
  })
}
