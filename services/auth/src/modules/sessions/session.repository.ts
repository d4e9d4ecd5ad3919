import { type Ctx, keyset, one, type TxCtx, toPage, uuidOf } from '@orrery/core'
import type { Id, Page, PageQuery } from '@orrery/shared-types'
import { and, count, eq, getTableColumns, isNull, lt, ne, type SQL, sql } from 'drizzle-orm'
import { refreshTokens, sessions } from './session.table.ts'

export type SessionRow = typeof sessions.$inferSelect
export type TokenRow = typeof refreshTokens.$inferSelect
type Device = { userAgent: string | null; ip: string | null }

const alive = and(isNull(sessions.revokedAt), sql`${sessions.expiresAt} > now()`)

export async function insert(ctx: TxCtx, session: { id: Id<'session'>; userId: Id<'user'>; lifeMs: number } & Device): Promise<SessionRow> {
  const { lifeMs, ...values } = session
  const expiresAt = sql`now() + ${lifeMs} * interval '1 millisecond'`
  return one(
    await ctx.db
      .insert(sessions)
      .values({ ...values, expiresAt })
      .returning(),
  )
}

export async function insertToken(ctx: TxCtx, token: { hash: string; sessionId: Id<'session'> } & Device): Promise<void> {
  await ctx.db.insert(refreshTokens).values(token)
}

/** Locks the living session that a refresh token belongs to, then reads the token with how long ago it was spent. */
export async function lockByToken(ctx: TxCtx, hash: string) {
  const owner = ctx.db.select({ id: refreshTokens.sessionId }).from(refreshTokens).where(eq(refreshTokens.hash, hash))
  const [session] = await ctx.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, owner), alive))
    .for('update')
  if (!session) return undefined
  const spentForMs = sql<number | null>`(extract(epoch from clock_timestamp() - ${refreshTokens.spentAt}) * 1000)::float8`
  const [token] = await ctx.db.select({ spentForMs }).from(refreshTokens).where(eq(refreshTokens.hash, hash))
  return token && { session, spentForMs: token.spentForMs }
}

export async function spendToken(ctx: TxCtx, hash: string, session: Id<'session'>): Promise<void> {
  await ctx.db
    .update(refreshTokens)
    .set({ spentAt: sql`clock_timestamp()` })
    .where(and(eq(refreshTokens.hash, hash), isNull(refreshTokens.spentAt)))
  await ctx.db.update(sessions).set({ lastUsedAt: sql`now()` }).where(eq(sessions.id, session))
}

export type Which = { userId: Id<'user'>; only?: Id<'session'>; except?: Id<'session'> }

/** Ends living sessions here and, by platform.revoked_sessions, their access tokens in every service. */
export async function revoke(ctx: TxCtx, { userId, only, except }: Which): Promise<SessionRow[]> {
  const which = [eq(sessions.userId, userId), alive, only && eq(sessions.id, only), except && ne(sessions.id, except)]
  const rows = await ctx.db
    .update(sessions)
    .set({ revokedAt: sql`now()`, version: sql`${sessions.version} + 1` })
    .where(and(...which.filter((part): part is SQL => Boolean(part))))
    .returning()
  for (const { id } of rows) {
    await ctx.db.execute(
      sql`insert into platform.revoked_sessions (session_id, revoked_at) values (${uuidOf('session', id)}, clock_timestamp()) on conflict do nothing`,
    )
  }
  return rows
}

export async function list(ctx: Ctx, userId: Id<'user'>, query: PageQuery): Promise<Page<SessionRow>> {
  const fields = { createdAt: sessions.createdAt, lastUsedAt: sessions.lastUsedAt }
  const page = keyset(query, fields, sessions.id, '-createdAt')
  const mine = and(eq(sessions.userId, userId), alive)
  const rows = await ctx.db
    .select(getTableColumns(sessions))
    .from(sessions)
    .where(and(mine, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const total = query.count ? one(await ctx.db.select({ total: count() }).from(sessions).where(mine)) : {}
  return { ...toPage(rows, page), ...total }
}

/** Forgets sessions a month after their end, and revocations whose access tokens have long ended. */
export async function removeEnded(ctx: TxCtx): Promise<void> {
  await ctx.db.delete(sessions).where(lt(sessions.expiresAt, sql`now() - interval '30 days'`))
  await ctx.db.execute(sql`delete from platform.revoked_sessions where revoked_at < now() - interval '1 day'`)
}
