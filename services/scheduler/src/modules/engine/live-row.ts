import type { Json, PlanNode } from '../workflows/index.ts'
import { live } from './engine.repository.ts'
import { poolOf } from './pool.ts'
import type { LiveRow, StateRow } from './rows.ts'

type Place = { item: number | null; ordinal: number; input: Json; state: number; now: string }

/** The row of a step that may begin, is held back, or, where no worker is needed, waits in the engine. */
export function newLiveRow(run: StateRow, node: PlanNode, { item, ordinal, input, state, now }: Place): LiveRow {
  return {
    run_id: run.run_id,
    ordinal,
    node: node.index,
    item,
    state: node.pool === null && state === live.ready ? live.waiting : state,
    attempt: 0,
    lost: 0,
    pool: node.pool && poolOf(node.pool, run.project_id),
    project_id: run.project_id,
    worker: null,
    input,
    timeout_ms: node.timeoutMs,
    priority: run.priority,
    queued_at: now,
    delay_ms: 0,
    started_at: null,
  }
}
