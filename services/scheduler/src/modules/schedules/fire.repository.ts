import { type Ctx, copyInto, keyset, type Statement, type TxCtx, toPage } from '@orrery/core'
import type { Fire, FireOutcome, FireQuery, FireReason, Id, Page } from '@orrery/shared-types'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { ClientBase } from 'pg'
import { fires } from './schedule.table.ts'

type Client = Pick<ClientBase, 'query'>

/** A schedule with what is needed to answer its ticks. Ids are UUIDs. */
export type ScheduleRow = {
  id: string
  project_id: string
  workflow_id: string
  cron: string | null
  every_ms: string | null
  at: Date | null
  timezone: string
  start_at: Date | null
  end_at: Date | null
  jitter_ms: number
  overlap: string
  catch_up: string
  catch_up_window_ms: string
  input: Record<string, unknown>
  status: string
  next_fire_at: Date | null
  due_at: Date | null
  created_at: Date
  version: number
  published_version: number | null
  workflow_status: string
  workflow_paused: boolean
}

export type DueRow = ScheduleRow & { next_fire_at: Date }

const dueColumns = `s.id, s.project_id, s.workflow_id, s.cron, s.every_ms, s.at, s.timezone, s.start_at, s.end_at, s.jitter_ms, s.overlap, s.catch_up,
  s.catch_up_window_ms, s.input, s.status, s.next_fire_at, s.due_at, s.created_at, s.version, w.published_version, w.status as workflow_status, w.paused_at is not null as workflow_paused`

const rows = async <T>(client: Client, name: string, text: string, values: unknown[]): Promise<T[]> =>
  (await client.query({ name, text, values })).rows as T[]

/** Schedules that are due, each held by one scheduler. */
export const takeDue = (client: Client, limit: number) =>
  rows<DueRow>(
    client,
    'schedules-due',
    `select ${dueColumns} from scheduler.schedules s join scheduler.workflows w on w.id = s.workflow_id
     where s.status = 'active' and s.due_at <= now() order by s.due_at limit $1 for update of s skip locked`,
    [limit],
  )

/** What will be due within so many ms, one schedule of each kind. */
export const findSoon = (client: Client, withinMs: number, limit: number) =>
  rows<DueRow>(
    client,
    'schedules-soon',
    `select distinct on (s.workflow_id, s.timezone, s.cron) ${dueColumns} from (
       select * from scheduler.schedules where status = 'active' and due_at between now() and now() + $1 * interval '1 ms' order by due_at limit $2) s
     join scheduler.workflows w on w.id = s.workflow_id`,
    [withinMs, limit],
  )

/** Milliseconds until the next fire is due; null when none is planned. */
export async function nextDueMs(client: Client): Promise<number | null> {
  const found = await rows<{ ms: string | null }>(
    client,
    'schedules-next',
    `select (extract(epoch from min(due_at) - now()) * 1000)::bigint::text as ms from scheduler.schedules where status = 'active'`,
    [],
  )
  const ms = found[0]?.ms
  return ms === null || ms === undefined ? null : Number(ms)
}

/** Which runs of these schedules have not ended, and how many of their ticks wait for that. The schedules are held. */
export const findBusy = (client: Client, ids: string[]) =>
  rows<{ id: string; running: string[]; waiting: number }>(
    client,
    'schedules-busy',
    `select id, array(select run_id from scheduler.run_state r where r.schedule_id = id order by run_id) as running,
       (select count(*)::int from scheduler.fires f where f.schedule_id = id and f.outcome = 'waiting' and not f.backfill) as waiting
     from unnest($1::uuid[]) as id`,
    [ids],
  )

export type NewFire = {
  schedule_id: string
  fire_at: string
  fired_at: string
  outcome: FireOutcome
  reason: FireReason | null
  until: string | null
  late_ms: number
  run_id: string | null
}

/** Writes ticks into the ledger that are not there yet. Where one is, the whole transaction fails with `unique_violation`. */
export const putFires = copyInto<NewFire>('scheduler.fires', [
  'schedule_id',
  'fire_at',
  'fired_at',
  'outcome',
  'reason',
  'until',
  'late_ms',
  'run_id',
])

/** Writes ticks into the ledger and says which were not there yet: only those may start a run. */
export const claimFires = (client: Client, list: NewFire[]) =>
  rows<{ schedule_id: string; fire_at: Date }>(
    client,
    'fires-claim',
    `insert into scheduler.fires (schedule_id, fire_at, fired_at, outcome, reason, until, late_ms, run_id)
     select * from json_to_recordset($1::json) as r(schedule_id uuid, fire_at timestamptz, fired_at timestamptz, outcome text, reason text, until timestamptz, late_ms int, run_id uuid)
     on conflict (schedule_id, fire_at) do nothing returning schedule_id, fire_at`,
    [JSON.stringify(list)],
  )

export type Advanced = {
  id: string
  status: string
  next_fire_at: string | null
  due_at: string | null
  /** Why it pauses itself now. */
  paused_reason: string | null
  last_fire_at: string | null
  last_run_id: string | null
  last_late_ms: number | null
  version: number
}

/** Moves held schedules on. */
export function advanceSchedules(list: Advanced[]): Statement[] {
  const values = [JSON.stringify(list)]
  const text = `update scheduler.schedules s set status = r.status, next_fire_at = r.next_fire_at, due_at = r.due_at, version = r.version,
       paused_reason = case when r.status = 'paused' then coalesce(r.paused_reason, s.paused_reason) end,
       last_fire_at = coalesce(r.last_fire_at, s.last_fire_at), last_run_id = coalesce(r.last_run_id, s.last_run_id),
       last_late_ms = coalesce(r.last_late_ms, s.last_late_ms)
     from json_to_recordset($1::json) as r(id uuid, status text, next_fire_at timestamptz, due_at timestamptz, paused_reason text, last_fire_at timestamptz, last_run_id uuid, last_late_ms int, version int)
     where s.id = r.id`
  return list.length === 0 ? [] : [(client) => client.query({ name: 'schedules-advance', text, values })]
}

export type WaitingRow = ScheduleRow & { ticks: { fire_at: string; late_ms: number }[] }

/** Schedules that are not paused and of which waiting ticks may start now, each held, with as many ticks as there is room for. */
export const takeWaiting = (client: Client, limit: number, backfillAtOnce: number) =>
  rows<WaitingRow>(
    client,
    'fires-waiting',
    `select ${dueColumns}, ticks.ticks from (select distinct schedule_id from scheduler.fires where outcome = 'waiting') f
     join scheduler.schedules s on s.id = f.schedule_id join scheduler.workflows w on w.id = s.workflow_id
     cross join lateral (select case when s.overlap = 'allow' then $2::int else 1 end - count(*) as n from scheduler.run_state r where r.schedule_id = s.id) room
     cross join lateral (
       select json_agg(json_build_object('fire_at', t.fire_at, 'late_ms', least(2147483647, extract(epoch from now() - t.fire_at) * 1000)::int)) as ticks from (
         select w.fire_at from scheduler.fires w where w.schedule_id = s.id and w.outcome = 'waiting'
         order by w.backfill, w.fire_at limit greatest(room.n, 0)) t) ticks
     where room.n > 0 and ticks.ticks is not null and s.status <> 'paused' and w.paused_at is null limit $1 for update of s skip locked`,
    [limit, backfillAtOnce],
  )

/** Gives waiting ticks of held schedules their outcome, and says which were still waiting. */
export const settleWaiting = (client: Client, list: Omit<NewFire, 'until'>[]) =>
  rows<{ schedule_id: string; fire_at: Date }>(
    client,
    'fires-settle',
    `update scheduler.fires f set outcome = r.outcome, reason = r.reason, fired_at = r.fired_at, late_ms = r.late_ms, run_id = r.run_id
     from json_to_recordset($1::json) as r(schedule_id uuid, fire_at timestamptz, fired_at timestamptz, outcome text, reason text, late_ms int, run_id uuid)
     where f.schedule_id = r.schedule_id and f.fire_at = r.fire_at and f.outcome = 'waiting' returning f.schedule_id, f.fire_at`,
    [JSON.stringify(list)],
  )

/** The ledger of one schedule, the latest tick first. */
export async function list(ctx: Ctx, scheduleId: Id<'schedule'>, outcomes: FireOutcome[], query: FireQuery): Promise<Page<Fire>> {
  const page = keyset(query, { fireAt: fires.fireAt }, fires.fireAt, '-fireAt')
  const found = await ctx.db
    .select()
    .from(fires)
    .where(and(eq(fires.scheduleId, scheduleId), outcomes.length > 0 ? inArray(fires.outcome, outcomes) : undefined, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  // a tick of one schedule is named by its time
  return toPage(
    found.map((row) => ({ ...toFire(row), id: row.fireAt })),
    page,
  )
}

export const toFire = ({ firedAt, ...row }: typeof fires.$inferSelect): Fire => ({
  ...row,
  outcome: row.outcome as FireOutcome,
  reason: row.reason as FireReason | null,
  answeredAt: firedAt,
})

/** A tick that nobody will answer. */
export async function putLeft(ctx: TxCtx, scheduleId: Id<'schedule'>, fireAt: string, firedAt: string): Promise<void> {
  await ctx.db.insert(fires).values({ scheduleId, fireAt, firedAt, outcome: 'skipped', reason: 'schedule_changed' }).onConflictDoNothing()
}

/** Ticks that wait will start nothing any more. */
export async function dropWaiting(ctx: TxCtx, scheduleId: Id<'schedule'>): Promise<void> {
  await ctx.db
    .update(fires)
    .set({ outcome: 'skipped', reason: 'schedule_changed', firedAt: sql`now()` })
    .where(and(eq(fires.scheduleId, scheduleId), eq(fires.outcome, 'waiting')))
}

/** Forgets ticks of long ago that nothing will come of any more, and those of schedules that are gone, so many at a time and by one scheduler. Answers how many. */
export async function forgetFires(client: Client, keepDays: number, limit: number): Promise<number> {
  const { rowCount } = await client.query(
    `delete from scheduler.fires where ctid = any(array(
       select f.ctid from scheduler.fires f where (select pg_try_advisory_xact_lock(hashtext('scheduler.fires')))
         and (f.fire_at < now() - $1 * interval '1 day' and f.outcome <> 'waiting' or not exists (select 1 from scheduler.schedules s where s.id = f.schedule_id)) limit $2))`,
    [keepDays, limit],
  )
  return rowCount ?? 0
}
