import type { ApprovalState, Id, Outcome, RunError, RunTrigger, Status, StepError } from '@orrery/shared-types'
import type { Json } from '../workflows/index.ts'
import type { LogLines } from './log-limit.ts'
import type { Ending, Fan } from './progress.ts'

/** A time as we write it, or as the database does. */
export type Stamp = string

/** Rows as the statements of the engine take and give them: names of columns, ids as UUIDs. */
export type RunRow = {
  id: string
  project_id: string
  workflow_id: string
  workflow_version: number
  schedule_id: string | null
  task_id: string | null
  parent_run_id: string | null
  parent_ordinal: number | null
  origin_run_id: string | null
  trigger: RunTrigger
  status: Status
  blocked_reason: string | null
  input: Json
  created_at: Stamp
  started_at: Stamp | null
  outcome: Outcome | null
  output: Json
  error: RunError | null
  ended_at: string | null
  ended_badly: boolean
}

export type RunEnd = {
  id: string
  status: Status
  outcome: Outcome
  output: Json
  error: RunError | null
  ended_at: string
  ended_badly: boolean
}

export type StateRow = {
  run_id: string
  project_id: string
  workflow_id: string
  workflow_version: number
  entity_version: number
  started: boolean
  nodes: string
  fans: Record<string, Fan> | null
  next_ordinal: number
  error: (StepError & { stepKey: string }) | null
  ending: Ending | null
  depth: number
  open: number
  waits: number
  blocked: string | null
  slot_key: string | null
  slot_limit: number | null
  slot_waiting: boolean
  priority: number
  schedule_id: string | null
  task_id: string | null
  parent_run_id: string | null
  parent_ordinal: number | null
  /** The attempt of its parent's step that began it; null in runs of releases that didn't keep it. */
  parent_attempt: number | null
  created_at: Stamp
}

export type LiveRow = {
  run_id: string
  ordinal: number
  node: number
  item: number | null
  state: number
  attempt: number
  lost: number
  pool: string | null
  project_id: string
  worker: string | null
  input: Json
  timeout_ms: number
  priority: number
  queued_at: Stamp
  delay_ms: number
  started_at: Stamp | null
}

export type StepRow = {
  run_id: string
  ordinal: number
  node: number
  item: number | null
  status: Status
  skipped: boolean
  attempt: number
  queued_at: Stamp | null
  started_at: Stamp | null
  ended_at: string
  input: Json
  output: Json
  error: StepError | null
}

export type AttemptRow = { run_id: string; ordinal: number; attempt: number; started_at: Stamp | null; ended_at: string; error: StepError }
export type TimerRow = {
  id: string
  kind: TimerKind
  run_id: string
  ordinal: number | null
  payload: OfAttempt | Insistence | ChildNews | null
}
export type TimerKind =
  | 'child'
  | 'cancel'
  | 'run_timeout'
  | 'wait'
  | 'wait_timeout'
  | 'step_timeout'
  | 'approval_expiry'
  | 'retry'
  | 'slot'
  | 'go_on'
export type NewTimer = Omit<TimerRow, 'id'> & { delay_ms: number }
/** Which attempt of its step a timer is about: one that comes too late changes nothing. */
export type OfAttempt = { attempt: number | null }
/** Somebody canceled a second time. */
export type Insistence = OfAttempt & { insist: true }
export type ChildNews = OfAttempt & { runId: Id<'run'>; outcome: Outcome; output: Json; error: RunError | null }

export type LogRow = { run_id: string; ordinal: number; attempt: number; lines: LogLines }
export type AuditRow = {
  actor_kind: string
  actor_id: string
  action: string
  entity_type: string
  entity_id: string
  project_id: string
  after: unknown
  ip: string | null
  request_id: string
}
export type DeadLetterRow = {
  run_id: string
  ordinal: number
  project_id: string
  workflow_id: string
  step_key: string
  item: number | null
  queue: string
  code: string
  message: string
  attempt: number
}
export type SignalRow = { run_id: string; name: string; payload: Json }
export type RunBlocked = { id: string; status: Status; blocked_reason: string | null }
export type SlotRow = { key: string; run_id: string }
export type ApprovalRow = Pick<LiveRow, 'run_id' | 'ordinal' | 'project_id' | 'item'> & {
  workflow_id: string
  step_key: string
  title: string
  description: string | null
  role: string
  on_expire: string
  requested_at: Stamp
  expires_at: Stamp | null
}
export type DecidedApproval = {
  run_id: string
  ordinal: number
  state: ApprovalState
  decided_at: Stamp
  decided_by: string | null
  comment: string | null
}
