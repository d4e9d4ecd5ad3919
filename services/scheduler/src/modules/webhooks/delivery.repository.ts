import { type Ctx, fromUuid, keyset, type TxCtx, toPage, uuidOf } from '@orrery/core'
import type { Delivery, DeliveryQuery, DeliveryStatus, DeliveryWithBody, Id, Page } from '@orrery/shared-types'
import { and, eq, getTableColumns, gte, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { deliveries, webhooks } from './webhook.table.ts'

const { body, step: _step, leaseUntil, ...shown } = getTableColumns(deliveries)
const columns = { ...shown, sending: sql<boolean>`coalesce(${leaseUntil} > now(), false)` }
const notSending = or(isNull(leaseUntil), lte(leaseUntil, sql`now()`))

export async function list(ctx: Ctx, webhookId: Id<'webhook'>, statuses: DeliveryStatus[], query: DeliveryQuery): Promise<Page<Delivery>> {
  const page = keyset(query, { createdAt: deliveries.createdAt }, deliveries.id, '-createdAt')
  const found = await ctx.db
    .select(columns)
    .from(deliveries)
    .where(
      and(
        eq(deliveries.webhookId, webhookId),
        statuses.length > 0 ? inArray(deliveries.status, statuses) : undefined,
        query.eventType ? eq(deliveries.eventType, query.eventType) : undefined,
        page.where,
      ),
    )
    .orderBy(...page.orderBy)
    .limit(page.limit)
  return toPage(found.map(toDelivery), page)
}

const named = (webhookId: Id<'webhook'>, id: Id<'delivery'>) => and(eq(deliveries.id, id), eq(deliveries.webhookId, webhookId))

export async function find(ctx: Ctx, webhookId: Id<'webhook'>, id: Id<'delivery'>): Promise<DeliveryWithBody | undefined> {
  const [row] = await ctx.db
    .select({ ...columns, body })
    .from(deliveries)
    .where(named(webhookId, id))
  return row && { ...toDelivery(row), body: row.body }
}

export type NewDelivery = { id: Id<'delivery'>; webhookId: Id<'webhook'>; seq: number | null; eventType: string; body: string }

/** An event is put down once for each webhook, whoever tries. Answers how many are new. */
export async function insert(ctx: TxCtx, list: NewDelivery[]): Promise<number> {
  if (list.length === 0) return 0
  const rows = list.map((row) => ({ ...row, nextAt: sql`now()` }))
  return (await ctx.db.insert(deliveries).values(rows).onConflictDoNothing().returning({ id: deliveries.id })).length
}

/** Begins the retry schedule of a delivery anew. False while an attempt is under way. */
export async function restart(ctx: TxCtx, webhookId: Id<'webhook'>, id: Id<'delivery'>): Promise<boolean> {
  return (
    (
      await ctx.db
        .update(deliveries)
        .set(anew)
        .where(and(named(webhookId, id), notSending))
        .returning({ id: deliveries.id })
    ).length > 0
  )
}

/** Begins the retry schedule of all that were given up since then anew. Answers how many. */
export async function restartDead(ctx: TxCtx, webhookId: Id<'webhook'>, since: string): Promise<number> {
  const dead = and(eq(deliveries.webhookId, webhookId), eq(deliveries.status, 'dead'), gte(deliveries.createdAt, since))
  return (await ctx.db.update(deliveries).set(anew).where(dead).returning({ id: deliveries.id })).length
}
const anew = { status: 'pending', step: 0, nextAt: sql`now()`, leaseUntil: null, deliveredAt: null }

/** One attempt that this process has the right to make until its lease ends. */
export type Claimed = {
  id: Id<'delivery'>
  webhookId: Id<'webhook'>
  projectId: Id<'project'>
  url: string
  secrets: string[]
  body: string
  attempt: number
  step: number
}

type ClaimRow = {
  id: string
  webhook_id: string
  project_id: string
  url: string
  secret: string
  previous_secret: string | null
  body: string
  attempts: number
  step: number
}

/** Takes deliveries that are due, no more of one webhook than may be under way at a time. Claims come one after the other, so that the bound holds over all replicas. */
export async function claim(ctx: TxCtx, room: number, perWebhook: number, leaseMs: number): Promise<Claimed[]> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtext('scheduler.webhook_deliveries'))`)
  const { rows } = await ctx.db.execute<ClaimRow>(sql`
    update ${deliveries} d set attempts = d.attempts + 1, step = d.step + 1, lease_until = now() + ${leaseMs}::int * interval '1 ms'
    from (
      select due.id, w.id as webhook_id, w.project_id, w.url, w.secret, case when w.previous_until > now() then w.previous_secret end as previous_secret
      from ${webhooks} w
      cross join lateral (
        select count(*)::int as n from ${deliveries} b where b.webhook_id = w.id and b.status in ('pending', 'retrying') and b.lease_until > now()) busy
      cross join lateral (
        select c.id, c.next_at from ${deliveries} c
        where c.webhook_id = w.id and c.status in ('pending', 'retrying') and c.next_at <= now() and (c.lease_until is null or c.lease_until <= now())
        order by c.next_at limit greatest(${perWebhook}::int - busy.n, 0) for update skip locked) due
      where w.enabled order by due.next_at limit ${room}::int) t
    where d.id = t.id
    returning d.id, t.webhook_id, t.project_id, t.url, t.secret, t.previous_secret, d.body, d.attempts, d.step`)
  return rows.map((row) => ({
    id: fromUuid('delivery', row.id),
    webhookId: fromUuid('webhook', row.webhook_id),
    projectId: fromUuid('project', row.project_id),
    url: row.url,
    secrets: row.previous_secret === null ? [row.secret] : [row.secret, row.previous_secret],
    body: row.body,
    attempt: row.attempts,
    step: row.step,
  }))
}

export type Settled = {
  status: DeliveryStatus
  /** Until the next attempt; null where there is none. */
  delayMs: number | null
  statusCode: number | null
  error: string | null
  durationMs: number
  excerpt: string | null
}

/** Writes down how an attempt went. False where somebody else has taken the delivery over. */
export async function settle(ctx: TxCtx, { id, attempt }: Pick<Claimed, 'id' | 'attempt'>, how: Settled): Promise<boolean> {
  const { rows } = await ctx.db.execute(sql`
    update ${deliveries} set status = ${how.status}, next_at = now() + ${how.delayMs}::bigint * interval '1 ms', lease_until = null,
      last_status_code = ${how.statusCode}, last_error = ${how.error}, last_duration_ms = ${how.durationMs}, response_excerpt = ${how.excerpt},
      delivered_at = case when ${how.status} = 'delivered' then now() end
    where id = ${uuidOf('delivery', id)} and attempts = ${attempt} and lease_until is not null returning id`)
  return rows.length > 0
}

/** Forgets deliveries of long ago and of webhooks that are gone, so many at a time. Answers how many. */
export async function forget(ctx: TxCtx, keepDays: number, limit: number): Promise<number> {
  const { rowCount } = await ctx.db.execute(sql`
    delete from ${deliveries} where id in (
      select d.id from ${deliveries} d
      where d.created_at < now() - ${keepDays}::int * interval '1 day' or not exists (select 1 from ${webhooks} w where w.id = d.webhook_id)
      limit ${limit}::int for update skip locked)`)
  return rowCount ?? 0
}

type Row = Omit<typeof deliveries.$inferSelect, 'body' | 'step' | 'leaseUntil'> & { sending: boolean }

function toDelivery({ seq, nextAt, ...row }: Row): Delivery {
  const open = row.status === 'pending' || row.status === 'retrying'
  return {
    ...row,
    eventId: seq === null ? null : String(seq),
    status: row.status as DeliveryStatus,
    nextAt: open && !row.sending ? nextAt : null,
  }
}
