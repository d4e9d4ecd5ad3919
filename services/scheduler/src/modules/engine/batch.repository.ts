import { copyInto, newUuid, type Statement } from '@orrery/core'
import type { Batch } from './batch.ts'
import { live } from './engine.repository.ts'
import type {
  ApprovalRow,
  AttemptRow,
  AuditRow,
  DeadLetterRow,
  LiveRow,
  LogRow,
  NewTimer,
  RunEnd,
  RunRow,
  SignalRow,
  SlotRow,
  Stamp,
  StateRow,
  StepRow,
} from './rows.ts'

/**
 * The statements that write what is settled before work is handed out: the database can do these while that goes on.
 * They are taken out of the batch.
 */
export const settledOf = (batch: Batch): Statement[] => [
  ...putSteps(batch.steps.splice(0)),
  ...putAttempts(batch.attempts.splice(0)),
  ...putAudits(batch.audits.splice(0).map((row) => ({ ...row, id: newUuid() }))),
  ...putDeadLetters(batch.deadLetters.splice(0)),
  ...putLogs(batch.logs.splice(0)),
  // a run that begins and ends in the same batch has ended
  ...startRuns(batch.startedRuns.splice(0)),
  ...endRuns(batch.endedRuns.splice(0)),
]

/**
 * The statements that write all that is in a batch, made before the first of them is sent. A list with nothing in it makes none.
 * New rows first: what begins and ends in the same batch is put down and then taken away.
 */
export function statementsOf(batch: Batch): Statement[] {
  const at = moments(batch)
  const newLive = batch.newLive.map((row) => ({
    ...row,
    ready_at: at(row.delay_ms),
    lease_until: row.state === live.leased ? at(batch.leaseMs) : null,
  }))
  return [
    ...putRuns(batch.newRuns),
    ...putStates(batch.newStates),
    ...settledOf(batch),
    ...putLive(newLive),
    ...putTimers(batch.timers.map((row) => ({ ...row, at: at(row.delay_ms) }))),
    ...putSlots(batch.slots),
    ...putSignals(batch.signals),
    ...putApprovals(batch.approvals),
    ...rewrite(batch),
    ...putEvents(batch.events),
  ]
}

/** A century: no delay of a definition reaches it, and no time beyond it need be written. */
const longestDelayMs = 100 * 366 * 24 * 3_600_000

/** Times from now on, as few of them as there are different ones. */
function moments(batch: Batch): (delayMs: number) => string {
  const from = Date.parse(batch.now)
  const known = new Map([[0, batch.now]])
  return (delayMs) => {
    const found = known.get(delayMs)
    if (found !== undefined) return found
    const at = new Date(from + Math.min(delayMs, longestDelayMs)).toISOString()
    known.set(delayMs, at)
    return at
  }
}

const putRuns = copyInto<RunRow>(
  'scheduler.runs',
  [
    'id',
    'project_id',
    'workflow_id',
    'workflow_version',
    'schedule_id',
    'task_id',
    'parent_run_id',
    'parent_ordinal',
    'origin_run_id',
    'trigger',
    'status',
    'blocked_reason',
    'created_at',
    'started_at',
    'outcome',
    'ended_at',
    'ended_badly',
  ],
  ['input', 'output', 'error'],
)

const putStates = copyInto<StateRow>(
  'scheduler.run_state',
  [
    'run_id',
    'project_id',
    'workflow_id',
    'workflow_version',
    'entity_version',
    'started',
    'nodes',
    'next_ordinal',
    'depth',
    'schedule_id',
    'task_id',
    'parent_run_id',
    'parent_ordinal',
    'parent_attempt',
    'created_at',
    'open',
    'waits',
    'blocked',
    'slot_key',
    'slot_limit',
    'slot_waiting',
    'priority',
  ],
  ['fans', 'error', 'ending'],
)

const putSteps = copyInto<StepRow>(
  'scheduler.steps',
  ['run_id', 'ordinal', 'node', 'item', 'status', 'skipped', 'attempt', 'queued_at', 'started_at', 'ended_at'],
  ['input', 'output', 'error'],
)

const putLive = copyInto<LiveRow & { ready_at: Stamp; lease_until: Stamp | null }>(
  'scheduler.live_steps',
  [
    'run_id',
    'ordinal',
    'node',
    'item',
    'state',
    'attempt',
    'lost',
    'pool',
    'project_id',
    'worker',
    'timeout_ms',
    'priority',
    'queued_at',
    'ready_at',
    'started_at',
    'lease_until',
  ],
  ['input'],
)

/** What an attempt came to that did not end its step. */
const putAttempts = copyInto<AttemptRow>('scheduler.attempts', ['run_id', 'ordinal', 'attempt', 'started_at', 'ended_at'], ['error'])

const putTimers = copyInto<NewTimer & { at: Stamp }>('scheduler.timers', ['at', 'kind', 'run_id', 'ordinal'], ['payload'])

const putAudits = copyInto<AuditRow & { id: string }>(
  'platform.audit_log',
  ['id', 'actor_kind', 'actor_id', 'action', 'entity_type', 'entity_id', 'project_id', 'ip', 'request_id'],
  ['after'],
)

const putSlots = copyInto<SlotRow>('scheduler.slots', ['key', 'run_id'])

const putDeadLetters = copyInto<DeadLetterRow>('scheduler.dead_letters', [
  'run_id',
  'ordinal',
  'project_id',
  'workflow_id',
  'step_key',
  'item',
  'queue',
  'code',
  'message',
  'attempt',
])

const putApprovals = copyInto<ApprovalRow>('scheduler.approvals', [
  'run_id',
  'ordinal',
  'project_id',
  'workflow_id',
  'step_key',
  'item',
  'title',
  'description',
  'role',
  'on_expire',
  'requested_at',
  'expires_at',
])

const putLogs = copyInto<LogRow>('scheduler.log_chunks', ['run_id', 'ordinal', 'attempt'], ['lines'])

const putSignals = copyInto<SignalRow>('scheduler.signals', ['run_id', 'name'], ['payload'])

/** A statement with its values, unless there are none. */
const given = (rows: readonly unknown[], name: string, text: string, values: unknown[] = [JSON.stringify(rows)]): Statement[] =>
  rows.length === 0 ? [] : [(client) => client.query({ name, text, values })]

/** All events of a transaction are one row of the outbox. */
const putEvents = (events: Batch['events']): Statement[] =>
  given(events, 'engine-events', 'insert into platform.outbox (events, count) values ($1, $2)', [JSON.stringify(events), events.length])

const startRuns = (starts: Batch['startedRuns']): Statement[] =>
  given(
    starts,
    'engine-start-runs',
    `update scheduler.runs u set status = 'in_progress', started_at = r.started_at
     from json_to_recordset($1::json) as r(id uuid, started_at timestamptz) where u.id = r.id`,
  )

const endRuns = (ends: RunEnd[]): Statement[] =>
  given(
    ends,
    'engine-end-runs',
    `update scheduler.runs u set status = r.status, ended_badly = r.ended_badly, blocked_reason = null, outcome = r.outcome, output = r.output,
       error = r.error, ended_at = r.ended_at
     from json_to_recordset($1::json) as r(id uuid, status text, outcome text, output json, error json, ended_at timestamptz, ended_badly bool)
     where u.id = r.id`,
  )

/** What changes in rows that are there, and what goes. */
function rewrite(batch: Batch): Statement[] {
  const { endedStates, freedSlots } = batch
  return [
    ...given(endedStates, 'engine-end-states', 'delete from scheduler.run_state where run_id = any($1::uuid[])', [endedStates]),
    ...given(freedSlots, 'engine-free-slots', 'delete from scheduler.slots where run_id = any($1::uuid[])', [freedSlots]),
    ...given(
      batch.states,
      'engine-states',
      `update scheduler.run_state s set entity_version = r.entity_version, started = r.started, nodes = r.nodes, fans = r.fans,
         next_ordinal = r.next_ordinal, error = r.error, ending = r.ending, open = r.open, waits = r.waits, blocked = r.blocked, slot_waiting = r.slot_waiting
       from json_to_recordset($1::json) as r(run_id uuid, entity_version int, started bool, nodes text, fans json, next_ordinal int, error json,
         ending json, open int, waits int, blocked text, slot_waiting bool) where s.run_id = r.run_id`,
    ),
    ...given(
      batch.movedSlots.map(({ run_id, slot_key, slot_limit }) => ({ run_id, slot_key, slot_limit })),
      'engine-move-slots',
      `update scheduler.run_state s set slot_key = r.slot_key, slot_limit = r.slot_limit
       from json_to_recordset($1::json) as r(run_id uuid, slot_key text, slot_limit int) where s.run_id = r.run_id`,
    ),
    ...given(
      batch.blockedRuns,
      'engine-block-runs',
      `update scheduler.runs u set status = r.status, blocked_reason = r.blocked_reason
       from json_to_recordset($1::json) as r(id uuid, status text, blocked_reason text) where u.id = r.id and u.ended_at is null`,
    ),
    ...given(
      batch.decidedApprovals,
      'engine-decide-approvals',
      `update scheduler.approvals a set state = r.state, decided_at = r.decided_at, decided_by = r.decided_by, comment = r.comment
       from json_to_recordset($1::json) as r(run_id uuid, ordinal int, state text, decided_at timestamptz, decided_by text, comment text)
       where a.run_id = r.run_id and a.ordinal = r.ordinal and a.state = 'pending'`,
    ),
    ...changeLive(batch),
    ...leaseClaimed(batch),
  ]
}

function changeLive({ changedLive, logCounts, leaseMs }: Batch): Statement[] {
  const changed = changedLive.map(({ run_id, ordinal, state, attempt, worker, started_at }) => ({
    run_id,
    ordinal,
    state,
    attempt,
    worker,
    started_at,
  }))
  return [
    ...given(
      changed,
      'engine-change-live',
      `update scheduler.live_steps l set state = r.state, attempt = r.attempt, worker = r.worker, started_at = r.started_at,
         ready_at = least(l.ready_at, now()), lease_until = case when r.state = ${live.leased} then now() + $2::int * interval '1 ms' end
       from json_to_recordset($1::json) as r(run_id uuid, ordinal int, state smallint, attempt smallint, worker uuid, started_at timestamptz)
       where l.run_id = r.run_id and l.ordinal = r.ordinal`,
      [JSON.stringify(changed), leaseMs],
    ),
    ...given(
      [...logCounts.values()],
      'engine-log-counts',
      `update scheduler.live_steps l set log_lines = r.log_lines, log_bytes = r.log_bytes
       from json_to_recordset($1::json) as r(run_id uuid, ordinal int, attempt smallint, log_lines int, log_bytes int)
       where l.run_id = r.run_id and l.ordinal = r.ordinal and l.attempt = r.attempt`,
    ),
  ]
}

/** Leases steps of the backlog, found again where they were claimed: this transaction holds them. */
const leaseClaimed = ({ claimedLive, now, leaseMs }: Batch): Statement[] =>
  given(
    claimedLive,
    'engine-lease',
    `update scheduler.live_steps l set state = ${live.leased}, attempt = l.attempt + 1, worker = r.worker, started_at = $3,
       lease_until = now() + $4::int * interval '1 ms'
     from unnest($1::tid[], $2::uuid[]) as r(tid, worker) where l.ctid = r.tid`,
    [claimedLive.map((row) => row.tid), claimedLive.map((row) => row.worker), now, leaseMs],
  )
