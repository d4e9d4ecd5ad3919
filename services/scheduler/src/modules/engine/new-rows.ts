import type { NewRun } from './commands.ts'
import { begin, type Progress } from './progress.ts'
import type { RunRow, StateRow } from './rows.ts'

/** The rows of a run that begins, from its start or in the middle of another one's. */
export function newRows(run: NewRun, now: string): { row: RunRow; state: StateRow; progress: Progress } {
  const progress = run.origin?.progress ?? begin(run.plan)
  const shared = {
    project_id: run.projectId,
    workflow_id: run.workflowId,
    workflow_version: run.version,
    schedule_id: run.scheduleId,
    task_id: run.taskId,
    parent_run_id: run.parent?.run ?? null,
    parent_ordinal: run.parent?.ordinal ?? null,
    created_at: now,
  }
  const ended = { outcome: null, output: null, error: null, ended_at: null, ended_badly: false }
  const row: RunRow = {
    ...shared,
    ...ended,
    id: run.id,
    origin_run_id: run.origin?.run ?? null,
    trigger: run.trigger,
    status: 'queued',
    blocked_reason: null,
    input: run.input,
    started_at: null,
  }
  const state: StateRow = {
    ...shared,
    run_id: run.id,
    entity_version: 1,
    started: false,
    nodes: progress.nodes,
    fans: progress.fans,
    next_ordinal: progress.nextOrdinal,
    error: null,
    ending: null,
    depth: run.parent?.depth ?? 0,
    open: 0,
    waits: 0,
    blocked: null,
    slot_key: null,
    slot_limit: null,
    slot_waiting: false,
    // smaller goes first in the table, greater in the definition
    priority: -run.plan.priority,
    parent_attempt: run.parent?.attempt ?? null,
  }
  return { row, state, progress }
}
