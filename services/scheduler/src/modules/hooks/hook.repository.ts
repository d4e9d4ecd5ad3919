import { type Ctx, keyset, one, type TxCtx, toPage, visible } from '@orrery/core'
import type { Hook, HookQuery, HookScheme, Id, Page } from '@orrery/shared-types'
import { and, eq, getTableColumns, sql } from 'drizzle-orm'
import { workflows } from '../workflows/index.ts'
import { hookCalls, hooks } from './hook.table.ts'

type Row = typeof hooks.$inferSelect
export type HookRow = Row

const columns = {
  ...getTableColumns(hooks),
  workflowName: workflows.name,
  lastCallAt: sql<Date | null>`(select max(${hookCalls.at}) from ${hookCalls} where ${hookCalls.hookId} = ${hooks.id})`,
}
const mine = (ctx: Ctx, id: Id<'hook'>) => and(eq(hooks.id, id), visible(ctx, hooks.projectId))

export async function find(ctx: Ctx, id: Id<'hook'>): Promise<Hook | undefined> {
  const rows = await ctx.db.select(columns).from(hooks).innerJoin(workflows, eq(workflows.id, hooks.workflowId)).where(mine(ctx, id))
  return rows[0] && toHook(rows[0])
}

/** The hook with its sealed secrets, for checking a call. */
export async function findRow(ctx: Ctx, id: Id<'hook'>): Promise<Row | undefined> {
  return (await ctx.db.select().from(hooks).where(mine(ctx, id)))[0]
}

/** Holds the row until the transaction ends. */
export async function lock(ctx: TxCtx, id: Id<'hook'>): Promise<Row | undefined> {
  return (await ctx.db.select().from(hooks).where(mine(ctx, id)).for('update'))[0]
}

export async function list(ctx: Ctx, query: HookQuery): Promise<Page<Hook>> {
  const page = keyset(query, { createdAt: hooks.createdAt, name: hooks.name }, hooks.id, '-createdAt')
  const rows = await ctx.db
    .select(columns)
    .from(hooks)
    .innerJoin(workflows, eq(workflows.id, hooks.workflowId))
    .where(
      and(
        visible(ctx, hooks.projectId),
        query.projectId && eq(hooks.projectId, query.projectId),
        query.workflowId && eq(hooks.workflowId, query.workflowId),
        query.q ? sql`${hooks.name} ilike ${`%${query.q.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`}` : undefined,
        page.where,
      ),
    )
    .orderBy(...page.orderBy)
    .limit(page.limit)
  return toPage(rows.map(toHook), page)
}

export const insert = async (ctx: TxCtx, row: typeof hooks.$inferInsert): Promise<Row> =>
  one(await ctx.db.insert(hooks).values(row).returning())

export async function update(ctx: TxCtx, id: Id<'hook'>, set: Partial<Row>): Promise<Row> {
  return one(
    await ctx.db
      .update(hooks)
      .set({ ...set, version: sql`${hooks.version} + 1`, updatedAt: sql`now()` })
      .where(eq(hooks.id, id))
      .returning(),
  )
}

export async function remove(ctx: TxCtx, id: Id<'hook'>): Promise<void> {
  await ctx.db.delete(hooks).where(eq(hooks.id, id))
}

const toHook = ({ previousUntil, lastCallAt, ...row }: Row & { workflowName: string; lastCallAt: Date | null }): Hook => ({
  ...row,
  path: `/api/v1/hooks/${row.id}`,
  scheme: row.scheme as HookScheme,
  previousSecretUntil: previousUntil !== null && new Date(previousUntil) > new Date() ? previousUntil : null,
  lastCallAt: lastCallAt && new Date(lastCallAt).toISOString(),
})
