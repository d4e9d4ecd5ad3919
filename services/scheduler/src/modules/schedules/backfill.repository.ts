import { type Ctx, type TxCtx } from '@orrery/core'
import type { BackfillProgress, Id } from '@orrery/shared-types'
import { and, count, eq, inArray, isNotNull, max, min, sql } from 'drizzle-orm'
import { fires } from './schedule.table.ts'

/** Which of these ticks have a run, or will have one. */
export async function findFired(ctx: Ctx, scheduleId: Id<'schedule'>, ticks: string[]): Promise<Set<string>> {
  if (ticks.length === 0) return new Set()
  const found = await ctx.db
    .select({ fireAt: fires.fireAt })
    .from(fires)
    .where(and(eq(fires.scheduleId, scheduleId), inArray(fires.fireAt, ticks), inArray(fires.outcome, ['fired', 'waiting'])))
  return new Set(found.map((row) => row.fireAt))
}

/** A row that stands for several ticks. */
export type Gap = typeof fires.$inferSelect & { until: string }

/** Which of these ticks stand for others as well. */
export async function findGaps(ctx: Ctx, scheduleId: Id<'schedule'>, ticks: string[]): Promise<Gap[]> {
  const found = await ctx.db
    .select()
    .from(fires)
    .where(and(eq(fires.scheduleId, scheduleId), inArray(fires.fireAt, ticks), isNotNull(fires.until)))
  return found.flatMap(({ until, ...row }) => (until === null ? [] : [{ ...row, until }]))
}

/** Puts past ticks down to be started. What was missed or skipped is no longer; what such a row stood for besides is put down by `putGap`. */
export async function putWaiting(ctx: TxCtx, scheduleId: Id<'schedule'>, ticks: string[], firedAt: string): Promise<void> {
  if (ticks.length === 0) return
  await ctx.db
    .insert(fires)
    .values(ticks.map((fireAt) => ({ scheduleId, fireAt, firedAt, outcome: 'waiting', backfill: true })))
    .onConflictDoUpdate({
      target: [fires.scheduleId, fires.fireAt],
      set: { outcome: 'waiting', backfill: true, reason: null, until: null, firedAt },
      setWhere: inArray(fires.outcome, ['missed', 'skipped']),
    })
}

/** False where its first tick has a row of its own. */
export async function putGap(ctx: TxCtx, gap: Gap): Promise<boolean> {
  return (await ctx.db.insert(fires).values(gap).onConflictDoNothing().returning({ at: fires.fireAt })).length > 0
}

const waiting = (scheduleId: Id<'schedule'>) => and(eq(fires.scheduleId, scheduleId), sql`${fires.outcome} = 'waiting'`, fires.backfill)

/** How many ticks wait to be made up for. */
export async function findProgress(ctx: Ctx, scheduleId: Id<'schedule'>): Promise<BackfillProgress> {
  const found = await ctx.db
    .select({ waiting: count(), first: min(fires.fireAt), last: max(fires.fireAt) })
    .from(fires)
    .where(waiting(scheduleId))
  return found[0] ?? { waiting: 0, first: null, last: null }
}

/** Those that wait will start nothing any more. Answers how many. */
export async function stopWaiting(ctx: TxCtx, scheduleId: Id<'schedule'>): Promise<number> {
  const stopped = await ctx.db
    .update(fires)
    .set({ outcome: 'skipped', reason: 'backfill_stopped', firedAt: sql`now()` })
    .where(waiting(scheduleId))
  return stopped.rowCount ?? 0
}
