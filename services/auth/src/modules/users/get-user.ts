import { AppError, type Ctx, callerId, notFound, requireAdmin } from '@orrery/core'
import { type Id, type Page, type PageQuery, roleAtLeast, type User, type UserRef } from '@orrery/shared-types'
import { emailKeyOf } from './identity.policy.ts'
import * as users from './user.repository.ts'

/** The person behind the request, also when a key of theirs asks. */
export async function getMe(ctx: Ctx): Promise<User> {
  const row = await users.find(ctx, callerId(ctx))
  if (!row) throw new AppError('unauthenticated', 'credentials_invalid', 'This account does not exist any more; log in again')
  return users.toUser(row)
}

export async function getUser(ctx: Ctx, id: Id<'user'>): Promise<User> {
  requireAdmin(ctx)
  const row = await users.find(ctx, id)
  if (!row) throw notFound('user')
  return users.toUser(row)
}

export async function listUsers(ctx: Ctx, query: PageQuery): Promise<Page<User>> {
  requireAdmin(ctx)
  const page = await users.list(ctx, query)
  return { ...page, items: page.items.map(users.toUser) }
}

/** Finds whom to add to a project by the whole address. Only for those who manage one. */
export async function lookUpUser(ctx: Ctx, email: string): Promise<UserRef> {
  const { actor } = ctx
  const grants = actor.kind !== 'apiKey' || roleAtLeast(actor.role, 'manager')
  if (!actor.admin && !(grants && (await users.managesProject(ctx, callerId(ctx))))) {
    throw new AppError('forbidden', 'role_too_low', 'Only who manages a project may look people up')
  }
  const row = await users.findByEmail(ctx, emailKeyOf(email))
  if (!row?.active) throw notFound('user')
  return { id: row.id, username: row.username }
}
