import { type Ctx, fromUuid, keyset, toPage, uuidOf } from '@orrery/core'
import {
  type Fire,
  type FireHour,
  type FireOutcome,
  type FireRangeQuery,
  type FireReason,
  type FireSummary,
  type FireSummaryQuery,
  lateFromMs,
  type Page,
} from '@orrery/shared-types'
import { and, eq, getTableColumns, gte, inArray, lt, sql } from 'drizzle-orm'
import { toFire } from './fire.repository.ts'
import { fires, schedules } from './schedule.table.ts'

// Both ask the ledger schedule by schedule: its key begins with the schedule, so a range of each is read from the index.

/** The ledgers of a project's schedules as one, the latest tick first. */
export async function list(ctx: Ctx, outcomes: FireOutcome[], query: FireRangeQuery): Promise<Page<Fire>> {
  const page = keyset(query, { fireAt: fires.fireAt }, fires.scheduleId, '-fireAt')
  const found = await ctx.db
    .select(getTableColumns(fires))
    .from(fires)
    .innerJoin(schedules, eq(schedules.id, fires.scheduleId))
    .where(
      and(
        eq(schedules.projectId, query.projectId),
        query.scheduleId && eq(schedules.id, query.scheduleId),
        gte(fires.fireAt, query.from),
        lt(fires.fireAt, query.to),
        outcomes.length > 0 ? inArray(fires.outcome, outcomes) : undefined,
        page.where,
      ),
    )
    .orderBy(...page.orderBy)
    .limit(page.limit)
  return toPage(
    found.map((row) => ({ ...toFire(row), id: row.scheduleId })),
    page,
  )
}

const within = ({ projectId, from, to }: FireSummaryQuery) =>
  sql`${fires} f join ${schedules} s on s.id = f.schedule_id
    where s.project_id = ${uuidOf('project', projectId)} and f.fire_at >= ${from} and f.fire_at < ${to}`

type HourRow = Omit<FireHour, 'at' | 'scheduleId' | 'maxLateMs'> & { at: Date; id: string | null; max_late: number | null }

/** So many ticks of each outcome, hour by hour from the beginning of the range. */
export async function countByHour(ctx: Ctx, query: FireSummaryQuery, limit: number): Promise<FireHour[]> {
  const id = query.bySchedule ? sql`f.schedule_id` : sql`null::uuid`
  const { rows } = await ctx.db.execute<HourRow>(sql`
    select date_bin('1 hour', f.fire_at, ${query.from}::timestamptz) as at, ${id} as id,
      count(*) filter (where outcome = 'fired')::int as fired,
      count(*) filter (where outcome = 'waiting')::int as waiting,
      count(*) filter (where outcome = 'skipped')::int as skipped,
      count(*) filter (where outcome = 'missed')::int as missed,
      count(*) filter (where outcome = 'fired' and not backfill and late_ms > ${lateFromMs})::int as late,
      max(late_ms) filter (where outcome = 'fired' and not backfill) as max_late
    from ${within(query)} group by 1, 2 order by 1, 2 limit ${limit}`)
  return rows.map(({ id, at, max_late, ...counts }) => ({
    ...counts,
    at: new Date(at).toISOString(),
    scheduleId: id === null ? null : fromUuid('schedule', id),
    maxLateMs: max_late,
  }))
}

/** From when to when ticks were missed, and why; null when none was. */
export async function findMissed(ctx: Ctx, query: FireSummaryQuery): Promise<FireSummary['missed']> {
  const { rows } = await ctx.db.execute<{ first: Date | null; last: Date; at_least: boolean; reasons: FireReason[] }>(sql`
    select min(f.fire_at) as first, max(coalesce(f.until, f.fire_at)) as last, coalesce(bool_or(f.until is not null), false) as at_least,
      coalesce(array_agg(distinct f.reason) filter (where f.reason is not null), '{}') as reasons
    from ${within(query)} and f.outcome = 'missed'`)
  const row = rows[0]
  if (!row?.first) return null
  return {
    first: new Date(row.first).toISOString(),
    last: new Date(row.last).toISOString(),
    atLeast: row.at_least,
    reasons: row.reasons,
  }
}
