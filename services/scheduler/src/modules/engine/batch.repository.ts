import type { Batch } from './batch.ts'
import { type Client, leaseUntil, live, stateColumns } from './engine.repository.ts'

/** Writes a whole batch by one statement: every table, the audit entries, and one row of events. */
export async function writeBatch(client: Client, batch: Batch): Promise<void> {
  const values = [
    batch.newRuns,
    batch.newStates,
    batch.states,
    batch.endedStates,
    batch.startedRuns,
    batch.endedRuns,
    batch.steps,
    batch.newLive,
    batch.changedLive,
    batch.attempts,
    batch.timers,
    batch.audits,
  ].map((list) => JSON.stringify(list))
  const written = client.query({
    name: 'engine-write',
    text: writeText,
    values: [...values, JSON.stringify(batch.events), batch.events.length, batch.leaseMs],
  })
  await Promise.all([written, ...rareWrites(client, batch)])
}

/** What few transactions have to say goes in statements of its own, so that the common one stays small. */
function rareWrites(client: Client, batch: Batch): Promise<unknown>[] {
  const write = (list: readonly unknown[], name: string, text: string) =>
    list.length === 0 ? [] : [client.query({ name, text, values: [JSON.stringify(list)] })]
  return [
    ...write(
      batch.blockedRuns,
      'engine-blocked',
      `update scheduler.runs u set status = r.status, blocked_reason = r.blocked_reason
       from json_to_recordset($1::json) as r(id uuid, status text, blocked_reason text) where u.id = r.id and u.ended_at is null`,
    ),
    ...write(
      batch.movedSlots.map(({ run_id, slot_key, slot_limit }) => ({ run_id, slot_key, slot_limit })),
      'engine-move-slots',
      `update scheduler.run_state s set slot_key = r.slot_key, slot_limit = r.slot_limit
       from json_to_recordset($1::json) as r(run_id uuid, slot_key text, slot_limit int) where s.run_id = r.run_id`,
    ),
    ...write(
      batch.freedSlots,
      'engine-free-slots',
      'delete from scheduler.slots where run_id in (select value::uuid from json_array_elements_text($1::json))',
    ),
    ...write(
      batch.slots,
      'engine-slots',
      'insert into scheduler.slots (key, run_id) select * from json_to_recordset($1::json) as r(key text, run_id uuid)',
    ),
    ...write(
      batch.deadLetters,
      'engine-dead-letters',
      `insert into scheduler.dead_letters (run_id, ordinal, project_id, workflow_id, step_key, item, queue, code, message, attempt)
       select * from json_to_recordset($1::json) as r(run_id uuid, ordinal int, project_id uuid, workflow_id uuid, step_key text, item int, queue text, code text, message text, attempt int)`,
    ),
    ...write(
      batch.logs,
      'engine-logs',
      `insert into scheduler.log_chunks (run_id, ordinal, attempt, lines)
       select * from json_to_recordset($1::json) as r(run_id uuid, ordinal int, attempt smallint, lines json)`,
    ),
    ...write(
      [...batch.logCounts.values()],
      'engine-log-counts',
      `update scheduler.live_steps l set log_lines = r.log_lines, log_bytes = r.log_bytes
       from json_to_recordset($1::json) as r(run_id uuid, ordinal int, attempt smallint, log_lines int, log_bytes int)
       where l.run_id = r.run_id and l.ordinal = r.ordinal and l.attempt = r.attempt`,
    ),
    ...write(
      batch.signals,
      'engine-signals',
      `insert into scheduler.signals (run_id, name, payload) select * from json_to_recordset($1::json) as r(run_id uuid, name text, payload json)`,
    ),
  ]
}

const writeText = `
with new_runs as (
  insert into scheduler.runs (id, project_id, workflow_id, workflow_version, schedule_id, task_id, parent_run_id, origin_run_id, trigger, status, blocked_reason, input, created_at, started_at, outcome, output, error, ended_at, ended_badly)
  select *, ended_at is not null and status <> 'done' from json_to_recordset($1::json) as r(id uuid, project_id uuid, workflow_id uuid, workflow_version int, schedule_id uuid, task_id uuid, parent_run_id uuid,
    origin_run_id uuid, trigger text, status text, blocked_reason text, input json, created_at timestamptz, started_at timestamptz, outcome text, output json, error json, ended_at timestamptz)
), new_states as (
  insert into scheduler.run_state (${stateColumns})
  select * from json_to_recordset($2::json) as r(run_id uuid, project_id uuid, workflow_id uuid, workflow_version int, entity_version int, started bool, nodes text, fans json,
    next_ordinal int, error json, depth smallint, schedule_id uuid, task_id uuid, parent_run_id uuid, parent_ordinal int, created_at timestamptz, open int, waits int, blocked text, slot_key text, slot_limit int, slot_waiting bool, priority smallint)
), states as (
  update scheduler.run_state s set entity_version = r.entity_version, started = r.started, nodes = r.nodes, fans = r.fans, next_ordinal = r.next_ordinal, error = r.error,
    open = r.open, waits = r.waits, blocked = r.blocked, slot_waiting = r.slot_waiting
  from json_to_recordset($3::json) as r(run_id uuid, entity_version int, started bool, nodes text, fans json, next_ordinal int, error json,
    open int, waits int, blocked text, slot_waiting bool) where s.run_id = r.run_id
), ended_states as (
  delete from scheduler.run_state where run_id in (select value::uuid from json_array_elements_text($4::json))
), started_runs as (
  update scheduler.runs u set status = 'in_progress', started_at = r.started_at
  from json_to_recordset($5::json) as r(id uuid, started_at timestamptz) where u.id = r.id
), ended_runs as (
  update scheduler.runs u set status = r.status, ended_badly = r.status <> 'done', blocked_reason = null, outcome = r.outcome, output = r.output, error = r.error, ended_at = r.ended_at
  from json_to_recordset($6::json) as r(id uuid, status text, outcome text, output json, error json, ended_at timestamptz) where u.id = r.id
), ended_steps as (
  insert into scheduler.steps (run_id, ordinal, node, item, status, skipped, attempt, queued_at, started_at, ended_at, input, output, error)
  select * from json_to_recordset($7::json) as r(run_id uuid, ordinal int, node smallint, item smallint, status text, skipped bool, attempt smallint,
    queued_at timestamptz, started_at timestamptz, ended_at timestamptz, input json, output json, error json)
), new_live as (
  insert into scheduler.live_steps (run_id, ordinal, node, item, state, attempt, lost, pool, project_id, worker, input, timeout_ms, priority, queued_at, ready_at, started_at, lease_until)
  select run_id, ordinal, node, item, state, attempt, lost, pool, project_id, worker, input, timeout_ms, priority, queued_at, now() + delay_ms * interval '1 ms', started_at,
    case when state = ${live.leased} then ${leaseUntil(15)} end
  from json_to_recordset($8::json) as r(run_id uuid, ordinal int, node smallint, item smallint, state smallint, attempt smallint, lost smallint, pool text, project_id uuid,
    worker uuid, input json, timeout_ms int, priority smallint, queued_at timestamptz, delay_ms int, started_at timestamptz)
), changed_live as (
  update scheduler.live_steps l set state = r.state, attempt = r.attempt, worker = r.worker, started_at = r.started_at, ready_at = least(l.ready_at, now()),
    lease_until = case when r.state = ${live.leased} then ${leaseUntil(15)} end
  from json_to_recordset($9::json) as r(run_id uuid, ordinal int, state smallint, attempt smallint, worker uuid, started_at timestamptz)
  where l.run_id = r.run_id and l.ordinal = r.ordinal
), kept_attempts as (
  insert into scheduler.attempts (run_id, ordinal, attempt, started_at, ended_at, error)
  select * from json_to_recordset($10::json) as r(run_id uuid, ordinal int, attempt smallint, started_at timestamptz, ended_at timestamptz, error json)
), new_timers as (
  insert into scheduler.timers (at, kind, run_id, ordinal, payload)
  select now() + delay_ms * interval '1 ms', kind, run_id, ordinal, payload
  from json_to_recordset($11::json) as r(delay_ms bigint, kind text, run_id uuid, ordinal int, payload json)
), audits as (
  insert into platform.audit_log (actor_kind, actor_id, action, entity_type, entity_id, project_id, after, ip, request_id)
  select * from json_to_recordset($12::json) as r(actor_kind text, actor_id text, action text, entity_type text, entity_id text, project_id text, after jsonb, ip text, request_id text)
)
insert into platform.outbox (events, count) select $13::json, $14::int where $14::int > 0`
