import type { IdempotencyKey } from '@orrery/core'
import type { StepError } from '@orrery/shared-types'
import pg, { type ClientBase, type CustomTypesConfig } from 'pg'
import { live } from './engine.table.ts'
import type { Held, QueueBound } from './limits.ts'
import type { LiveRow, StateRow, TimerRow } from './rows.ts'

const stateColumns =
  'run_id, project_id, workflow_id, workflow_version, entity_version, started, nodes, fans, next_ordinal, error, ending, depth, schedule_id, task_id, parent_run_id, parent_ordinal, parent_attempt, created_at, open, waits, blocked, slot_key, slot_limit, slot_waiting, priority'
const liveColumns =
  'run_id, ordinal, node, item, state, attempt, lost, pool, project_id, worker, input, timeout_ms, priority, queued_at, started_at'

export type Client = Pick<ClientBase, 'query'>

// times go back to the table as the text they came as
const types: CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === pg.types.builtins.TIMESTAMPTZ ? String : pg.types.getTypeParser(oid, format)),
}

export const rows = async <T>(client: Client, name: string, text: string, values: unknown[]): Promise<T[]> =>
  (await client.query({ name, text, values, types })).rows as T[]

/** Opens a transaction and says at what time it began, by the database's clock, in ms. */
export const begin = async (client: Client): Promise<number> => {
  const [, { rows }] = await Promise.all([
    client.query('begin'),
    client.query<{ ms: string }>({ name: 'engine-now', text: 'select floor(extract(epoch from now()) * 1000)::bigint::text as ms' }),
  ])
  return Number(rows[0]?.ms)
}

/** Takes the right to move these runs, in the order of their ids so that two writers never wait for each other in a ring. */
export const lockRuns = (client: Client, runs: string[]) =>
  rows<StateRow>(
    client,
    'engine-lock',
    `select ${stateColumns} from scheduler.run_state where run_id = any($1::uuid[]) order by run_id for update`,
    [runs],
  )

/** Takes leased steps away for their results. A row is there only for the attempt that still holds the lease. */
export const takeLeased = (client: Client, refs: { run: string; ordinal: number; attempt: number }[]) =>
  rows<LiveRow>(
    client,
    'engine-take',
    `delete from scheduler.live_steps l using unnest($1::uuid[], $2::int[], $3::int[]) as r(run_id, ordinal, attempt)
     where l.run_id = r.run_id and l.ordinal = r.ordinal and l.attempt = r.attempt and l.state = ${live.leased}
     returning ${prefixed(liveColumns)}`,
    [refs.map((r) => r.run), refs.map((r) => r.ordinal), refs.map((r) => r.attempt)],
  )

// how long the result of an attempt may take whose time is up: its worker ends it, and may have to say so more than once
const lastMoment = (leaseMs: string) => `l.started_at + (l.timeout_ms + ${leaseMs}::int / 2) * interval '1 ms'`

/** `overdue`: its worker still spoke of it after the last moment, when `prolong` ended its lease. */
export type LostRow = LiveRow & { overdue: boolean }

/** Takes steps away whose worker has been silent, or has worked on them, for too long. */
export const takeLost = (client: Client, refs: { run: string; ordinal: number }[], leaseMs: number) =>
  rows<LostRow>(
    client,
    'engine-take-lost',
    `delete from scheduler.live_steps l using unnest($1::uuid[], $2::int[]) as r(run_id, ordinal)
     where l.run_id = r.run_id and l.ordinal = r.ordinal and l.state = ${live.leased} and l.lease_until < now()
     returning ${prefixed(liveColumns)}, l.lease_until = ${lastMoment('$3')} as overdue`,
    [refs.map((r) => r.run), refs.map((r) => r.ordinal), leaseMs],
  )

/** A step that waits in the engine. `begun`: for something that its attempt began; otherwise for the next attempt to begin. */
export type WaitingRef = { run: string; ordinal: number; attempt: number | null; begun: boolean }

/** Takes steps away that wait in the engine. */
export const takeWaiting = (client: Client, refs: WaitingRef[]) =>
  rows<LiveRow>(
    client,
    'engine-take-waiting',
    `delete from scheduler.live_steps l using unnest($1::uuid[], $2::int[], $3::int[], $4::bool[]) as r(run_id, ordinal, attempt, begun)
     where l.run_id = r.run_id and l.ordinal = r.ordinal and l.state = ${live.waiting}
       and coalesce(l.attempt = r.attempt, true) and (l.started_at is not null) = r.begun returning ${prefixed(liveColumns)}`,
    [refs.map((r) => r.run), refs.map((r) => r.ordinal), refs.map((r) => r.attempt), refs.map((r) => r.begun)],
  )

/** Takes everything of some runs away, or the held items of one step. */
export const takeAll = (client: Client, runs: string[], from: number[], to: number[]) =>
  rows<LiveRow>(
    client,
    'engine-take-all',
    `delete from scheduler.live_steps l using unnest($1::uuid[], $2::int[], $3::int[]) as r(run_id, lo, hi)
     where l.run_id = r.run_id and l.ordinal between r.lo and r.hi returning ${prefixed(liveColumns)}`,
    [runs, from, to],
  )

/** A step that may be leased, its place in the table, and its run, told once for steps that follow each other. */
export type ClaimedRow = LiveRow & { tid: string; state_row: StateRow | null }

/**
 * Steps that one may lease now, with their runs, both locked; what somebody else moves just now is passed over. Each
 * project with ready work gets the same share of the room, however many steps it has; where there are more projects
 * than room, chance decides which go first this time.
 */
export const claimReady = (client: Client, pools: string[], counts: number[], caps: { pool: string; project: string; n: number }[]) =>
  rows<ClaimedRow>(
    client,
    'engine-claim',
    `with recursive room as (select * from unnest($1::text[], $2::int[]) as r(pool, n)),
     caps as (select * from unnest($3::text[], $4::uuid[], $5::int[]) as c(pool, project_id, cap)),
     found as (
       select r.pool, (select l.project_id from scheduler.live_steps l where l.pool = r.pool and l.state = ${live.ready} order by l.project_id limit 1) as project_id from room r
       union all
       select f.pool, (select l.project_id from scheduler.live_steps l
                       where l.pool = f.pool and l.state = ${live.ready} and l.project_id > f.project_id order by l.project_id limit 1)
       from found f where f.project_id is not null
     ), shares as (
       select pool, project_id, n, cap, row_number() over (partition by pool order by random()) as place, count(*) over (partition by pool) as projects
       from found join room using (pool) left join caps using (pool, project_id) where project_id is not null and coalesce(cap, 1) > 0
     )
     select l.tid, ${prefixed(liveColumns)}, case when lag(l.run_id) over () is distinct from l.run_id then to_json(l.of_run) end as state_row
     from shares cross join lateral (
       select l.ctid::text as tid, ${prefixed(liveColumns)}, s as of_run
       from scheduler.live_steps l join scheduler.run_state s on s.run_id = l.run_id
       where l.pool = shares.pool and l.project_id = shares.project_id and l.state = ${live.ready} and l.ready_at <= now()
       order by l.priority, l.ready_at, l.run_id, l.ordinal limit least(ceil(shares.n::numeric / least(shares.projects, shares.n)), cap)
       for update of l, s skip locked) l where shares.place <= shares.n`,
    [pools, counts, caps.map((c) => c.pool), caps.map((c) => c.project), caps.map((c) => c.n)],
  )

/** How many steps workers hold. Each row is a lease, gone with its step. */
export const countLeased = (client: Client) =>
  rows<Held>(
    client,
    'engine-count-leased',
    `select pool, project_id, count(*)::int as held from scheduler.live_steps where state = ${live.leased} group by pool, project_id`,
    [],
  )

/** What people set for queues. */
export const loadBounds = (client: Client) =>
  rows<QueueBound>(
    client,
    'engine-bounds',
    'select name, project_id, paused_at is not null as paused, most from scheduler.queues where paused_at is not null or most is not null',
    [],
  )

/** Takes ready steps away for good. */
export const takeReady = (client: Client, refs: { run: string; ordinal: number }[]) =>
  rows<LiveRow>(
    client,
    'engine-take-ready',
    `delete from scheduler.live_steps l using unnest($1::uuid[], $2::int[]) as r(run_id, ordinal)
     where l.run_id = r.run_id and l.ordinal = r.ordinal and l.state = ${live.ready} returning ${prefixed(liveColumns)}`,
    [refs.map((r) => r.run), refs.map((r) => r.ordinal)],
  )

/** Which of these steps the workers of a project may speak of: those of its own queues. */
export const findOwn = (client: Client, refs: { run: string; ordinal: number }[], project: string) =>
  rows<{ run_id: string; ordinal: number }>(
    client,
    'engine-own',
    `select l.run_id, l.ordinal from unnest($1::uuid[], $2::int[]) as r(run_id, ordinal)
     join scheduler.live_steps l on l.run_id = r.run_id and l.ordinal = r.ordinal
     where l.project_id = $3 and l.pool like 'queue:%'`,
    [refs.map((r) => r.run), refs.map((r) => r.ordinal), project],
  )

/** Items held back for room, to be opened. Their runs are locked already. */
export const findHeld = (client: Client, refs: { run: string; ordinal: number }[]) =>
  rows<LiveRow>(
    client,
    'engine-held',
    `select ${prefixed(liveColumns)} from unnest($1::uuid[], $2::int[]) as r(run_id, ordinal)
     join scheduler.live_steps l on l.run_id = r.run_id and l.ordinal = r.ordinal and l.state = ${live.held}`,
    [refs.map((r) => r.run), refs.map((r) => r.ordinal)],
  )

/** Results of ended steps, by ranges of ordinals. */
export const loadOutputs = (client: Client, ranges: { run: string; from: number; to: number }[]) =>
  rows<{ run_id: string; ordinal: number; output: unknown; error: StepError | null }>(
    client,
    'engine-outputs',
    `select s.run_id, s.ordinal, s.output, s.error from unnest($1::uuid[], $2::int[], $3::int[]) as r(run_id, lo, hi)
     join scheduler.steps s on s.run_id = r.run_id and s.ordinal between r.lo and r.hi`,
    [ranges.map((r) => r.run), ranges.map((r) => r.from), ranges.map((r) => r.to)],
  )

export const loadInputs = (client: Client, runs: string[]) =>
  rows<{ id: string; input: unknown }>(client, 'engine-inputs', 'select id, input from scheduler.runs where id = any($1::uuid[])', [runs])

/** Which of these workflows are paused. */
export const findPaused = async (client: Client, workflows: string[]): Promise<Set<string>> => {
  const found = await rows<{ id: string }>(
    client,
    'engine-paused',
    'select id from scheduler.workflows where id = any($1::uuid[]) and paused_at is not null',
    [workflows],
  )
  return new Set(found.map((row) => row.id))
}

/** Forgets signals that nothing waited for before their run ended. */
export const forgetSignals = (client: Client) =>
  client.query('delete from scheduler.signals s where not exists (select from scheduler.run_state r where r.run_id = s.run_id)')

/** Notes that a worker was heard of, and what it takes from. */
export const sawWorker = (client: Client, id: string, pools: string[]) =>
  client.query({
    name: 'engine-saw-worker',
    text: `insert into scheduler.workers as w (id, pools) values ($1, $2)
      on conflict (id) do update set seen_at = now(), pools = array(select distinct unnest(w.pools || excluded.pools))`,
    values: [id, pools],
  })

/** Takes the oldest signal of a name that came before anything waited for it. */
export const takeSignal = (client: Client, run: string, name: string) =>
  rows<{ payload: unknown }>(
    client,
    'engine-take-signal',
    `delete from scheduler.signals where run_id = $1 and name = $2
     and id = (select min(id) from scheduler.signals where run_id = $1 and name = $2) returning payload`,
    [run, name],
  )

/** Steps of a run that wait in the engine. Its row is locked already. */
export const findWaiting = (client: Client, run: string) =>
  rows<LiveRow>(
    client,
    'engine-waiting',
    `select ${prefixed(liveColumns)} from scheduler.live_steps l where l.run_id = $1 and l.state = ${live.waiting} order by l.ordinal`,
    [run],
  )

/** Gives a new run the results of another one's steps. */
export const copySteps = (client: Client, from: string, to: string, ordinals: readonly number[]) =>
  client.query({
    name: 'engine-copy-steps',
    text: `insert into scheduler.steps (run_id, ordinal, node, item, status, skipped, attempt, queued_at, started_at, ended_at, input, output, error)
      select $2, ordinal, node, item, status, skipped, attempt, queued_at, started_at, ended_at, input, output, error
      from scheduler.steps where run_id = $1 and ordinal = any($3::int[])`,
    values: [from, to, ordinals],
  })

/** Closes the open dead letters of a run, but for those of steps that are kept, since another run does them again. Answers how many there were. */
export const closeLetters = async (client: Client, run: string, by: string, kept: readonly number[]): Promise<number> => {
  const closed = await rows(
    client,
    'engine-close-letters',
    `update scheduler.dead_letters set redriven_at = now(), redriven_run_id = $2
     where run_id = $1 and redriven_at is null and dismissed_at is null and ordinal <> all($3::int[]) returning 1`,
    [run, by, kept],
  )
  return closed.length
}

export const findChildren = (client: Client, runs: string[]) =>
  rows<Pick<StateRow, 'run_id' | 'parent_run_id' | 'parent_ordinal'>>(
    client,
    'engine-children',
    'select run_id, parent_run_id, parent_ordinal from scheduler.run_state where parent_run_id = any($1::uuid[])',
    [runs],
  )

export const takeTimers = (client: Client, ids: string[]) =>
  rows<TimerRow>(
    client,
    'engine-timers',
    'delete from scheduler.timers where id = any($1::bigint[]) returning id::text, kind, run_id, ordinal, payload',
    [ids],
  )

export const dueTimers = (client: Client, limit: number) =>
  rows<TimerRow>(
    client,
    'engine-due',
    'select id::text, kind, run_id, ordinal, payload from scheduler.timers where at <= now() order by at, timers.id limit $1',
    [limit],
  )

export const lostSteps = (client: Client, limit: number) =>
  rows<{ run_id: string; ordinal: number }>(
    client,
    'engine-lost',
    `select run_id, ordinal from scheduler.live_steps where state = ${live.leased} and lease_until < now() order by lease_until limit $1`,
    [limit],
  )

export type LoggingRow = { run_id: string; ordinal: number; attempt: number; node: number; log_lines: number; log_bytes: number }

/** Of these attempts those that still hold their lease, with what they have logged so far. */
export const findLogging = (client: Client, refs: { run_id: string; ordinal: number; attempt: number }[]) =>
  rows<LoggingRow>(
    client,
    'engine-logging',
    `select distinct l.run_id, l.ordinal, l.attempt, l.node, l.log_lines, l.log_bytes from unnest($1::uuid[], $2::int[], $3::int[]) as r(run_id, ordinal, attempt)
     join scheduler.live_steps l on l.run_id = r.run_id and l.ordinal = r.ordinal and l.attempt = r.attempt and l.state = ${live.leased}`,
    [refs.map((r) => r.run_id), refs.map((r) => r.ordinal), refs.map((r) => r.attempt)],
  )

/** Prolongs leases, and ends those whose steps have had their time. Rows that are being moved just now are left alone. */
export const prolong = (client: Client, refs: { run: string; ordinal: number; attempt: number }[], leaseMs: number) =>
  client.query({
    name: 'engine-prolong',
    text: `update scheduler.live_steps u set lease_until = case when k.last > now() then now() + $4::int * interval '1 ms' else k.last end
      from (select l.run_id, l.ordinal, ${lastMoment('$4')} as last from unnest($1::uuid[], $2::int[], $3::int[]) as r(run_id, ordinal, attempt)
            join scheduler.live_steps l on l.run_id = r.run_id and l.ordinal = r.ordinal and l.attempt = r.attempt and l.state = ${live.leased}
            where l.lease_until > now() for update of l skip locked) k
      where u.run_id = k.run_id and u.ordinal = k.ordinal`,
    values: [refs.map((r) => r.run), refs.map((r) => r.ordinal), refs.map((r) => r.attempt), leaseMs],
  })

/** Which of these attempts still hold their lease. */
export const stillLeased = (client: Client, refs: { run: string; ordinal: number; attempt: number }[]) =>
  rows<{ run_id: string; ordinal: number }>(
    client,
    'engine-still',
    `select l.run_id, l.ordinal from unnest($1::uuid[], $2::int[], $3::int[]) as r(run_id, ordinal, attempt)
     join scheduler.live_steps l on l.run_id = r.run_id and l.ordinal = r.ordinal and l.attempt = r.attempt and l.state = ${live.leased}`,
    [refs.map((r) => r.run), refs.map((r) => r.ordinal), refs.map((r) => r.attempt)],
  )

/** Keeps the answers of requests with an idempotency key. What is not given back was taken before. */
export const keepKeys = (client: Client, keys: { scope: string; key: string; request_hash: string; answer: unknown }[]) =>
  rows<{ scope: string; key: string }>(
    client,
    'engine-keys',
    `insert into platform.idempotency_keys (scope, key, request_hash, answer)
     select scope, key, request_hash, answer from json_to_recordset($1::json) as k(scope text, key text, request_hash text, answer json) order by scope, key
     on conflict do nothing returning scope, key`,
    [JSON.stringify(keys)],
  )

export const dropKey = (client: Client, { scope, key }: IdempotencyKey) =>
  client.query('delete from platform.idempotency_keys where scope = $1 and key = $2', [scope, key])

export const knowsKey = async (client: Client, { scope, key }: IdempotencyKey): Promise<boolean> => {
  const found = await rows(client, 'engine-key', 'select 1 from platform.idempotency_keys where scope = $1 and key = $2', [scope, key])
  return found.length > 0
}

const prefixed = (columns: string) =>
  columns
    .split(', ')
    .map((c) => `l.${c}`)
    .join(', ')

export { attempts, live, liveSteps, logChunks, runState, runs, slots, steps, workers } from './engine.table.ts'
