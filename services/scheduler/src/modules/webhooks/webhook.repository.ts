import { type Ctx, keyset, one, type TxCtx, toPage, visible } from '@orrery/core'
import type { Id, Page, Webhook, WebhookQuery } from '@orrery/shared-types'
import { and, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { webhooks } from './webhook.table.ts'

type Row = typeof webhooks.$inferSelect
export type WebhookRow = Row

const mine = (ctx: Ctx, id: Id<'webhook'>) => and(eq(webhooks.id, id), visible(ctx, webhooks.projectId))
// raw names: in a query of one table drizzle leaves its name out, and both tables have these columns
const told = sql.raw('scheduler.webhook_deliveries d where d.webhook_id = webhooks.id')
const tally = (which: SQL) => sql<number>`(select count(*)::int from ${told} and ${which})`
const columns = {
  ...getTableColumns(webhooks),
  waiting: tally(sql`d.status in ('pending', 'retrying')`),
  dead: tally(sql`d.status = 'dead'`),
  lastDeliveredAt: sql<Date | null>`(select max(d.delivered_at) from ${told})`,
}

export async function find(ctx: Ctx, id: Id<'webhook'>): Promise<Webhook | undefined> {
  const rows = await ctx.db.select(columns).from(webhooks).where(mine(ctx, id))
  return rows[0] && toWebhook(rows[0])
}

/** Holds the row until the transaction ends. */
export async function lock(ctx: TxCtx, id: Id<'webhook'>): Promise<Row | undefined> {
  return (await ctx.db.select().from(webhooks).where(mine(ctx, id)).for('update'))[0]
}

export async function list(ctx: Ctx, query: WebhookQuery): Promise<Page<Webhook>> {
  const page = keyset(query, { createdAt: webhooks.createdAt, name: webhooks.name }, webhooks.id, '-createdAt')
  const rows = await ctx.db
    .select(columns)
    .from(webhooks)
    .where(
      and(
        visible(ctx, webhooks.projectId),
        query.projectId && eq(webhooks.projectId, query.projectId),
        query.q ? sql`${webhooks.name} ilike ${`%${query.q.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`}` : undefined,
        page.where,
      ),
    )
    .orderBy(...page.orderBy)
    .limit(page.limit)
  return toPage(rows.map(toWebhook), page)
}

/** Where the event log stands now. */
export const headSeq = sql<number>`(select coalesce(max(seq), 0) from platform.domain_events)`

export const insert = async (ctx: TxCtx, row: Omit<typeof webhooks.$inferInsert, 'afterSeq'>): Promise<Row> =>
  one(
    await ctx.db
      .insert(webhooks)
      .values({ ...row, afterSeq: headSeq })
      .returning(),
  )

/** `fromNow` lets only what happens from now on be delivered. */
export async function update(ctx: TxCtx, id: Id<'webhook'>, set: Partial<Row>, { fromNow = false } = {}): Promise<Row> {
  return one(
    await ctx.db
      .update(webhooks)
      .set({ ...set, ...(fromNow && { afterSeq: headSeq }), version: sql`${webhooks.version} + 1`, updatedAt: sql`now()` })
      .where(eq(webhooks.id, id))
      .returning(),
  )
}

export async function remove(ctx: TxCtx, id: Id<'webhook'>): Promise<void> {
  await ctx.db.delete(webhooks).where(eq(webhooks.id, id))
}

const toWebhook = ({
  previousUntil,
  lastDeliveredAt,
  ...row
}: Row & { waiting: number; dead: number; lastDeliveredAt: Date | null }): Webhook => ({
  ...row,
  previousSecretUntil: previousUntil !== null && new Date(previousUntil) > new Date() ? previousUntil : null,
  lastDeliveredAt: lastDeliveredAt && new Date(lastDeliveredAt).toISOString(),
})
