import { type Ctx, keyset, one, type TxCtx, toPage, visible, words } from '@orrery/core'
import type { Id, Page, Schedule, ScheduleQuery } from '@orrery/shared-types'
import { and, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import type { ClientBase } from 'pg'
import { workflows } from '../workflows/index.ts'
import { schedules } from './schedule.table.ts'

type Row = typeof schedules.$inferSelect

const columns = { ...getTableColumns(schedules), workflowName: workflows.name, workflowSlug: workflows.slug }
const mine = (ctx: Ctx, id: Id<'schedule'>) => and(eq(schedules.id, id), visible(ctx, schedules.projectId))

export async function find(ctx: Ctx, id: Id<'schedule'>): Promise<Schedule | undefined> {
  const rows = await ctx.db
    .select(columns)
    .from(schedules)
    .innerJoin(workflows, eq(workflows.id, schedules.workflowId))
    .where(mine(ctx, id))
  return rows[0] && toSchedule(rows[0])
}

/** Holds the row until the transaction ends. */
export async function lock(ctx: TxCtx, id: Id<'schedule'>): Promise<Row | undefined> {
  return (await ctx.db.select().from(schedules).where(mine(ctx, id)).for('update'))[0]
}

export async function list(ctx: Ctx, query: ScheduleQuery): Promise<Page<Schedule>> {
  const page = keyset(query, { createdAt: schedules.createdAt, updatedAt: schedules.updatedAt }, schedules.id, '-createdAt')
  const rows = await ctx.db
    .select(columns)
    .from(schedules)
    .innerJoin(workflows, eq(workflows.id, schedules.workflowId))
    .where(
      and(
        visible(ctx, schedules.projectId),
        query.projectId && eq(schedules.projectId, query.projectId),
        query.workflowId && eq(schedules.workflowId, query.workflowId),
        query.status ? inArray(schedules.status, words(query.status)) : undefined,
        query.q ? sql`${workflows.name} ilike ${`%${query.q.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`}` : undefined,
        page.where,
      ),
    )
    .orderBy(...page.orderBy)
    .limit(page.limit)
  return toPage(rows.map(toSchedule), page)
}

export const insert = async (ctx: TxCtx, row: typeof schedules.$inferInsert): Promise<Row> =>
  one(await ctx.db.insert(schedules).values(row).returning())

export async function update(ctx: TxCtx, id: Id<'schedule'>, set: Partial<Row>): Promise<Row> {
  return one(
    await ctx.db
      .update(schedules)
      .set({ ...set, version: sql`${schedules.version} + 1`, updatedAt: sql`now()` })
      .where(eq(schedules.id, id))
      .returning(),
  )
}

export async function remove(ctx: TxCtx, id: Id<'schedule'>): Promise<void> {
  await ctx.db.delete(schedules).where(eq(schedules.id, id))
}

const toSchedule = (row: Row & { workflowName: string; workflowSlug: string }): Schedule => ({
  ...row,
  status: row.status as Schedule['status'],
})

export type DueRow = {
  id: string
  project_id: string
  workflow_id: string
  cron: string | null
  every_ms: string | null
  at: Date | null
  timezone: string
  input: Record<string, unknown>
  next_fire_at: Date
  created_at: Date
  version: number
  published_version: number | null
  workflow_status: string
}

/** Schedules that are due, each held by one scheduler. Ids are UUIDs. */
export const takeDue = async (client: ClientBase, limit: number): Promise<DueRow[]> =>
  (
    await client.query<DueRow>(
      `select s.id, s.project_id, s.workflow_id, s.cron, s.every_ms, s.at, s.timezone, s.input, s.next_fire_at, s.created_at, s.version,
              w.published_version, w.status as workflow_status
       from scheduler.schedules s join scheduler.workflows w on w.id = s.workflow_id
       where s.status = 'active' and s.next_fire_at <= now() order by s.next_fire_at limit $1 for update of s skip locked`,
      [limit],
    )
  ).rows

/** Milliseconds until the next fire is due; null when none is planned. */
export async function nextDueMs(client: Pick<ClientBase, 'query'>): Promise<number | null> {
  const { rows } = await client.query<{ ms: string | null }>(
    `select (extract(epoch from min(next_fire_at) - now()) * 1000)::bigint::text as ms from scheduler.schedules where status = 'active'`,
  )
  const ms = rows[0]?.ms
  return ms === null || ms === undefined ? null : Number(ms)
}
