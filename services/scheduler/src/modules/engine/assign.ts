import type { SqlClient } from '@orrery/core'
import type { Batch } from './batch.ts'
import type { Claimer } from './commands.ts'
import * as repository from './engine.repository.ts'
import type { LiveRow } from './rows.ts'
import { stepIdOf } from './step-id.ts'
import type { Turn } from './turn.ts'
import type { Turns } from './turns.ts'

export type Assigned = {
  /** Ready steps that nobody here took. */
  leftReady: number
  /** The soonest time, in ms from now, at which a step becomes ready again; null without one. */
  nextReadyMs: number | null
  /** False once a claim found less than it asked for. */
  backlog: boolean
}

type Work = { client: SqlClient; batch: Batch; turns: Turns }

/** Gives what became ready here to whoever has room here, then fills what room is left from the backlog. */
export async function assign(work: Work, claimers: Claimer[], backlog: boolean): Promise<Assigned> {
  const { batch, turns } = work
  const now = batch.newLive.filter((row) => row.state === repository.live.ready)
  const fresh = [...now.filter((row) => row.delay_ms === 0), ...turns.opened.filter((row) => row.state === repository.live.ready)]
  const left = fresh.filter((row) => !give(turns.get(row.run_id), row, claimers)).length
  const full = backlog ? await claimBacklog(work, claimers) : undefined
  batch.changedLive.push(...turns.opened)
  const delays = now.filter((row) => row.delay_ms > 0).map((row) => row.delay_ms)
  return { leftReady: left, backlog: left > 0 || (full ?? backlog), nextReadyMs: delays.length > 0 ? Math.min(...delays) : null }
}

/** True when there may be more than was claimed; undefined when nobody had room. */
async function claimBacklog({ client, batch, turns }: Work, claimers: Claimer[]): Promise<boolean | undefined> {
  const room = new Map<string, number>()
  for (const claimer of claimers) for (const [pool, n] of claimer.room) if (n > 0) room.set(pool, (room.get(pool) ?? 0) + n)
  if (room.size === 0) return undefined
  const rows = await repository.claimReady(client, [...room.keys()], [...room.values()])
  await turns.open(rows.map((row) => row.state_row))
  for (const row of rows) {
    const turn = turns.get(row.run_id)
    if (!turn?.ended && give(turn, row, claimers)) batch.changedLive.push(row)
  }
  const found = Map.groupBy(rows, (row) => row.pool ?? '')
  return [...room].some(([pool, n]) => (found.get(pool)?.length ?? 0) >= n)
}

/** Leases a step to the first who has room for it. */
function give(turn: Turn | undefined, row: LiveRow, claimers: Claimer[]): boolean {
  const pool = row.pool ?? ''
  const claimer = claimers.find((each) => (each.room.get(pool) ?? 0) > 0)
  if (!turn || !claimer) return false
  claimer.room.set(pool, (claimer.room.get(pool) ?? 0) - 1)
  turn.lease(row, claimer.worker)
  const { key, uses } = turn.node(row.node)
  claimer.given.push({
    stepId: stepIdOf(turn.runId, row.ordinal),
    runId: turn.runId,
    projectId: turn.projectId,
    key,
    itemIndex: row.item,
    uses,
    attempt: row.attempt,
    input: row.input,
    timeoutMs: row.timeout_ms,
    leaseMs: repository.leaseMs,
  })
  return true
}
