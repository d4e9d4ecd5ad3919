import { type Ctx, keyset, one, type TxCtx, toPage, uuidOf } from '@orrery/core'
import type { Id, Page, PageQuery, User } from '@orrery/shared-types'
import { and, asc, count, eq, ilike, or, sql } from 'drizzle-orm'
import { users } from './user.table.ts'

export type UserRow = typeof users.$inferSelect
export type NewUser = Pick<UserRow, 'id' | 'email' | 'emailKey' | 'username' | 'usernameKey' | 'fullName' | 'role' | 'passwordHash'>
type Change = Partial<Pick<UserRow, 'fullName' | 'theme' | 'role' | 'active'>>

const firstLock = 7_027_102

/** True when no account exists. Until the transaction ends nobody else can find out. */
export async function isFirst(ctx: TxCtx): Promise<boolean> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(${firstLock})`)
  return (await ctx.db.select({ id: users.id }).from(users).limit(1)).length === 0
}

/** Undefined when the address or the name is taken. */
export async function insert(ctx: TxCtx, user: NewUser): Promise<UserRow | undefined> {
  const [row] = await ctx.db.insert(users).values(user).onConflictDoNothing().returning()
  return row
}

export async function find(ctx: Ctx, id: Id<'user'>): Promise<UserRow | undefined> {
  const [row] = await ctx.db.select().from(users).where(eq(users.id, id))
  return row
}

export async function findByEmail(ctx: Ctx, emailKey: string): Promise<UserRow | undefined> {
  const [row] = await ctx.db.select().from(users).where(eq(users.emailKey, emailKey))
  return row
}

export async function lock(ctx: TxCtx, id: Id<'user'>): Promise<UserRow | undefined> {
  const [row] = await ctx.db.select().from(users).where(eq(users.id, id)).for('update')
  return row
}

/** Locks every active administrator, in one order for all, and answers who they are beside `id`. */
export async function lockOtherAdmins(ctx: TxCtx, id: Id<'user'>): Promise<Id<'user'>[]> {
  const admins = and(eq(users.role, 'admin'), eq(users.active, true))
  const rows = await ctx.db.select({ id: users.id }).from(users).where(admins).orderBy(asc(users.id)).for('update')
  return rows.map((row) => row.id).filter((admin) => admin !== id)
}

export async function update(ctx: TxCtx, id: Id<'user'>, change: Change): Promise<UserRow> {
  const counted = { ...change, version: sql`${users.version} + 1`, updatedAt: sql`now()` }
  return one(await ctx.db.update(users).set(counted).where(eq(users.id, id)).returning())
}

export async function list(ctx: Ctx, query: PageQuery): Promise<Page<UserRow>> {
  const fields = { createdAt: users.createdAt, email: users.email, username: users.username }
  const page = keyset(query, fields, users.id, '-createdAt')
  const like = `%${(query.q ?? '').replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  const filter = query.q ? or(ilike(users.email, like), ilike(users.username, like), ilike(users.fullName, like)) : sql`true`
  const rows = await ctx.db
    .select()
    .from(users)
    .where(and(filter, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const total = query.count ? one(await ctx.db.select({ total: count() }).from(users).where(filter)) : {}
  return { ...toPage(rows, page), ...total }
}

/** True for whoever manages at least one project. */
export async function managesProject(ctx: Ctx, id: Id<'user'>): Promise<boolean> {
  const { rows } = await ctx.db.execute(
    sql`select 1 from platform.project_access where user_id = ${uuidOf('user', id)} and role in ('manager', 'owner') limit 1`,
  )
  return rows.length > 0
}

/** What of a row leaves the service. */
export const toUser = ({ id, email, username, fullName, role, active, theme, createdAt }: UserRow): User => ({
  id,
  email,
  username,
  fullName,
  role,
  active,
  theme,
  createdAt,
})
