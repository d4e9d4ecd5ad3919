import { type Ctx, keyset, one, type TxCtx, toPage, uuidOf } from '@orrery/core'
import type { ApiKey, Id, Page, PageQuery } from '@orrery/shared-types'
import { and, count, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { apiKeys } from './api-key.table.ts'

export type ApiKeyRow = typeof apiKeys.$inferSelect
type NewKey = Pick<ApiKeyRow, 'id' | 'userId' | 'name' | 'projectId' | 'role' | 'hint' | 'expiresAt'>

/** Keeps what people see here, and the hash where every service can look it up. */
export async function insert(ctx: TxCtx, key: NewKey, hash: Buffer): Promise<ApiKeyRow> {
  const row = one(await ctx.db.insert(apiKeys).values(key).returning())
  const project = key.projectId && uuidOf('project', key.projectId)
  await ctx.db.execute(sql`
    insert into platform.api_keys (id, key_hash, user_id, project_id, role, expires_at)
    values (${uuidOf('apiKey', key.id)}, ${hash}, ${uuidOf('user', key.userId)}, ${project}, ${key.role}, ${key.expiresAt})`)
  return row
}

/** Stops keys of one user: that one, or all. */
export async function revoke(ctx: TxCtx, userId: Id<'user'>, only?: Id<'apiKey'>): Promise<ApiKeyRow[]> {
  const which: (SQL | undefined)[] = [mine(userId), only && eq(apiKeys.id, only)]
  const stopped = { revokedAt: sql`now()`, version: sql`${apiKeys.version} + 1` }
  const rows = await ctx.db
    .update(apiKeys)
    .set(stopped)
    .where(and(...which))
    .returning()
  for (const { id } of rows) await ctx.db.execute(sql`delete from platform.api_keys where id = ${uuidOf('apiKey', id)}`)
  return rows
}

export async function list(ctx: Ctx, userId: Id<'user'>, query: PageQuery): Promise<Page<ApiKeyRow>> {
  const page = keyset(query, { createdAt: apiKeys.createdAt, name: apiKeys.name }, apiKeys.id, '-createdAt')
  const rows = await ctx.db
    .select()
    .from(apiKeys)
    .where(and(mine(userId), page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const total = query.count ? one(await ctx.db.select({ total: count() }).from(apiKeys).where(mine(userId))) : {}
  return { ...toPage(rows, page), ...total }
}

const mine = (userId: Id<'user'>) => and(eq(apiKeys.userId, userId), isNull(apiKeys.revokedAt))

export const toApiKey = ({ id, name, projectId, role, hint, createdAt, expiresAt }: ApiKeyRow): ApiKey => ({
  id,
  name,
  projectId,
  role,
  hint,
  createdAt,
  expiresAt,
})
