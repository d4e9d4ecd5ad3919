import { type Ctx, keyset, one, type TxCtx, toPage, visible, words } from '@orrery/core'
import type { Id, Page, Schedule, ScheduleQuery } from '@orrery/shared-types'
import { and, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import { workflows } from '../workflows/index.ts'
import { schedules } from './schedule.table.ts'

type Row = typeof schedules.$inferSelect
export type ScheduleRow = Row

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

/** Active schedules of a project, those that fire next first. */
export async function findActive(ctx: Ctx, projectId: Id<'project'>, limit: number): Promise<ScheduleRow[]> {
  return ctx.db
    .select()
    .from(schedules)
    .where(and(eq(schedules.projectId, projectId), visible(ctx, schedules.projectId), eq(schedules.status, 'active')))
    .orderBy(schedules.nextFireAt, schedules.id)
    .limit(limit)
}

const toSchedule = (row: Row & { workflowName: string; workflowSlug: string }): Schedule => ({
  ...row,
  status: row.status as Schedule['status'],
  overlap: row.overlap as Schedule['overlap'],
  catchUp: row.catchUp as Schedule['catchUp'],
})
