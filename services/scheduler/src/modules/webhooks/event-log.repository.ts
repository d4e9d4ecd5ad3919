import type { LoggedEvent, TxCtx } from '@orrery/core'
import type { EventName, Id } from '@orrery/shared-types'
import { eq, sql } from 'drizzle-orm'
import { eventCursors, webhooks } from './webhook.table.ts'

const name = 'webhooks'

/** How far the log was read. Held until the transaction ends; undefined while somebody else holds it. */
export async function takeCursor(ctx: TxCtx): Promise<number | undefined> {
  const [row] = await ctx.db.select().from(eventCursors).where(eq(eventCursors.name, name)).for('update', { skipLocked: true })
  return row?.seq
}

export async function moveCursor(ctx: TxCtx, seq: number): Promise<void> {
  await ctx.db.update(eventCursors).set({ seq }).where(eq(eventCursors.name, name))
}

export async function readHead(ctx: TxCtx): Promise<number> {
  const { rows } = await ctx.db.execute<{ seq: string }>(sql`select coalesce(max(seq), 0)::text as seq from platform.domain_events`)
  return Number(rows[0]?.seq)
}

/** Who is to be told of what. */
export type Target = { id: Id<'webhook'>; projectId: Id<'project'>; eventTypes: string[]; afterSeq: number }

/** Webhooks that are switched on. Held, so that none of them goes while its deliveries are put down. */
export const findTargets = (ctx: TxCtx): Promise<Target[]> =>
  ctx.db
    .select({ id: webhooks.id, projectId: webhooks.projectId, eventTypes: webhooks.eventTypes, afterSeq: webhooks.afterSeq })
    .from(webhooks)
    .where(eq(webhooks.enabled, true))
    .for('key share')

export type StampedEvent = LoggedEvent & { seq: number }
type EventRow = Omit<LoggedEvent, 'occurred_at' | 'type'> & { seq: string; type: EventName; occurred_at: Date }

/** Events of these projects after one place of the log, up to another. */
export async function readEvents(ctx: TxCtx, projects: Id<'project'>[], after: number, upTo: number): Promise<StampedEvent[]> {
  const { rows } = await ctx.db.execute<EventRow>(sql`
    select seq::text, type, project_id, entity_id, entity_version, occurred_at, audience, lineage_ref, payload from platform.domain_events
    where seq > ${after}::bigint and seq <= ${upTo}::bigint and project_id in (select json_array_elements_text(${JSON.stringify(projects)}::json)) order by seq`)
  return rows.map((row) => ({ ...row, seq: Number(row.seq), occurred_at: new Date(row.occurred_at).toISOString() }))
}
