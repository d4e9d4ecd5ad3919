import { type Ctx, fromUuid, one, type TxCtx, uuidOf, visible, wordsOf } from '@orrery/core'
import type { Id, Memory } from '@orrery/shared-types'
import { and, asc, desc, eq, getTableColumns, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import { memories } from './memory.table.ts'

export type MemoryRow = Omit<typeof memories.$inferSelect, 'search'>
type NewMemory = Pick<MemoryRow, 'id' | 'projectId' | 'content' | 'why' | 'agent' | 'category' | 'capabilities' | 'tags' | 'expiresAt'>
export type Filter = { why?: Memory['why'] | undefined; agent?: string | undefined }

const { search: _search, ...columns } = getTableColumns(memories)
const claimMs = 30_000

export async function insert(ctx: TxCtx, memory: NewMemory): Promise<MemoryRow> {
  return one(await ctx.db.insert(memories).values(memory).returning(columns))
}

export async function find(ctx: Ctx, id: Id<'memory'>): Promise<MemoryRow | undefined> {
  const [row] = await ctx.db
    .select(columns)
    .from(memories)
    .where(and(shown(ctx), eq(memories.id, id)))
  return row
}

export async function lock(ctx: TxCtx, id: Id<'memory'>): Promise<MemoryRow | undefined> {
  const [row] = await ctx.db
    .select(columns)
    .from(memories)
    .where(and(shown(ctx), eq(memories.id, id)))
    .for('no key update')
  return row
}

/** Locks what has expired. Of several that look at once, one gets each. */
export const lockExpired = (ctx: TxCtx): Promise<MemoryRow[]> =>
  ctx.db
    .select(columns)
    .from(memories)
    .where(and(isNull(memories.deletedAt), sql`${memories.expiresAt} <= now()`))
    .orderBy(asc(memories.id))
    .limit(200)
    .for('no key update', { skipLocked: true })

/** Erases what a memory says; the empty row goes once the index has forgotten it too. */
export async function empty(ctx: TxCtx, id: Id<'memory'>): Promise<MemoryRow> {
  const emptied = { content: '', tags: [], capabilities: [], deletedAt: sql`now()`, pending: true, version: sql`${memories.version} + 1` }
  return one(await ctx.db.update(memories).set(emptied).where(eq(memories.id, id)).returning(columns))
}

/** Takes memories that the index doesn't know of yet, for half a minute, so that no two tell it at once. */
export async function claim(ctx: Ctx, which: { only?: Id<'memory'>; limit: number }): Promise<MemoryRow[]> {
  const free = or(isNull(memories.claimedUntil), sql`${memories.claimedUntil} < now()`)
  const due = ctx.db
    .select({ id: memories.id })
    .from(memories)
    .where(and(memories.pending, free, which.only && eq(memories.id, which.only)))
    .orderBy(asc(memories.createdAt))
    .limit(which.limit)
    .for('no key update', { skipLocked: true })
  const claimedUntil = sql`now() + ${claimMs} * interval '1 millisecond'`
  return ctx.db.update(memories).set({ claimedUntil }).where(sql`${memories.id} = any(array(${due}))`).returning(columns)
}

/** The index knows: a living row is no longer pending, an emptied one goes. A row that changed meanwhile stays pending. */
export async function settle(ctx: Ctx, rows: MemoryRow[]): Promise<void> {
  await ctx.db.execute(sql`
    with known as (select * from jsonb_to_recordset(${versionsOf(rows)}::jsonb) as k (id uuid, version int)),
    gone as (delete from memory_mcp.memories m using known k where m.id = k.id and m.version = k.version and m.deleted_at is not null)
    update memory_mcp.memories m set claimed_until = null, pending = m.version <> k.version
    from known k where m.id = k.id and (m.deleted_at is null or m.version <> k.version)`)
}

/** Gives a claim back, so that the next turn tries again. */
export async function release(ctx: Ctx, rows: MemoryRow[]): Promise<void> {
  const ids = rows.map((row) => row.id)
  if (ids.length > 0) await ctx.db.update(memories).set({ claimedUntil: null }).where(inArray(memories.id, ids))
}

/** For a project that the index has lost. */
export async function markPending(ctx: Ctx, projectId: Id<'project'>): Promise<void> {
  await ctx.db
    .update(memories)
    .set({ pending: true })
    .where(and(eq(memories.projectId, projectId), sql`not ${memories.pending}`))
}

export async function countPending(ctx: Ctx): Promise<number> {
  const { rows } = await ctx.db.execute<{ pending: number }>(sql`select count(*)::int as pending from memory_mcp.memories where pending`)
  return rows[0]?.pending ?? 0
}

/** The projects with memories that the caller can see. */
export async function projectsOf(ctx: Ctx, limit: number): Promise<Id<'project'>[]> {
  const { rows } = await ctx.db.execute<{ id: string }>(
    sql`select distinct project_id as id from memory_mcp.memories where deleted_at is null and ${visible(ctx, sql`project_id`)} order by id limit ${limit}`,
  )
  return rows.map((row) => fromUuid('project', row.id))
}

export async function findAll(ctx: Ctx, ids: Id<'memory'>[], filter: Filter): Promise<MemoryRow[]> {
  if (ids.length === 0) return []
  return ctx.db
    .select(columns)
    .from(memories)
    .where(and(shown(ctx), inArray(memories.id, ids), ...matching(filter)))
}

/** What the index doesn't know of yet, the newest first. */
export const findPending = (ctx: Ctx, projectIds: Id<'project'>[], filter: Filter, limit: number): Promise<MemoryRow[]> =>
  ctx.db
    .select(columns)
    .from(memories)
    .where(and(shown(ctx), memories.pending, inArray(memories.projectId, projectIds), ...matching(filter)))
    .orderBy(desc(memories.createdAt), desc(memories.id))
    .limit(limit)

/** Those with any of the words, the most and closest of them first. */
export async function findByWords(
  ctx: Ctx,
  projectIds: Id<'project'>[],
  text: string,
  filter: Filter,
  limit: number,
): Promise<MemoryRow[]> {
  const query = wordsOf(text)
    .map((word) => `${word}:*`)
    .join(' | ')
  if (query === '') return []
  const wanted = sql`to_tsquery('simple', ${query})`
  return ctx.db
    .select(columns)
    .from(memories)
    .where(and(shown(ctx), inArray(memories.projectId, projectIds), sql`${memories.search} @@ ${wanted}`, ...matching(filter)))
    .orderBy(sql`ts_rank(${memories.search}, ${wanted}) desc`, desc(memories.createdAt))
    .limit(limit)
}

const matching = ({ why, agent }: Filter): (SQL | undefined)[] => [
  why && eq(memories.why, why),
  agent === undefined ? undefined : eq(memories.agent, agent),
]

const shown = (ctx: Ctx) =>
  and(visible(ctx, memories.projectId), isNull(memories.deletedAt), or(isNull(memories.expiresAt), sql`${memories.expiresAt} > now()`))

const versionsOf = (rows: MemoryRow[]) => JSON.stringify(rows.map(({ id, version }) => ({ id: uuidOf('memory', id), version })))

export function toMemory({ id, projectId, content, why, agent, category, capabilities, tags, expiresAt, createdAt }: MemoryRow): Memory {
  const at = new Date(createdAt)
  const when = { iso: createdAt, unix: Math.floor(at.getTime() / 1000), readable: at.toUTCString() }
  return { id, projectId, content, why, who: { agent, category, capabilities }, when, tags, expiresAt, createdAt }
}
