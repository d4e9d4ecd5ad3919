import type { SqlClient } from '@orrery/core'
import type { Backlog } from './backlog.ts'
import type { Batch } from './batch.ts'
import type { Claimer } from './commands.ts'
import * as repository from './engine.repository.ts'
import type { Left, Limits } from './limits.ts'
import { putOffReady } from './put-off.repository.ts'
import type { LiveRow } from './rows.ts'
import { stepIdOf } from './step-id.ts'
import type { Turns } from './turns.ts'

export type Assigned = {
  /** Ready steps that nobody here took. */
  leftReady: number
  /** The soonest time, in ms from now, at which a step becomes ready again; null without one. */
  nextReadyMs: number | null
}

type Work = { client: SqlClient; batch: Batch; turns: Turns; backlog: Backlog; limits: Limits }

/**
 * Gives what became ready here to whoever has room here, then fills what room is left from the backlog. `meanwhile` is
 * called once the database has been asked for that.
 */
export async function assign(work: Work, claimers: Claimer[], meanwhile: () => void): Promise<Assigned> {
  const { batch, turns, backlog } = work
  const now = batch.newLive.filter((row) => row.state === repository.live.ready)
  const fresh = [...now.filter((row) => row.delay_ms === 0), ...turns.opened.filter((row) => row.state === repository.live.ready)]
  const left = fresh.filter((row) => !mayGoOn(work, row) || !give(work, row, claimers))
  await claimBacklog(work, claimers, meanwhile)
  for (const row of left) backlog.left(row.pool ?? '')
  batch.changedLive.push(...turns.opened)
  const delays = now.filter((row) => row.delay_ms > 0).map((row) => row.delay_ms)
  return { leftReady: left.length, nextReadyMs: delays.length > 0 ? Math.min(...delays) : null }
}

/** Where others wait, a run keeps the places that it gave back and takes no further ones out of turn. */
function mayGoOn({ turns, backlog, limits }: Work, row: LiveRow): boolean {
  if (limits.binds(row.pool ?? '', row.project_id)) return false
  const turn = turns.get(row.run_id)
  if (!turn || !backlog.mayHave(row.pool ?? '')) return true
  turn.freed -= 1
  return turn.freed >= 0
}

async function claimBacklog(work: Work, claimers: Claimer[], meanwhile: () => void): Promise<void> {
  const { client, batch, turns, backlog, limits } = work
  const room = new Map<string, number>()
  for (const claimer of claimers.filter((each) => !each.gone?.aborted)) {
    // of a bounded pool one can't know that it has nothing: a place may be free again
    for (const [pool, n] of claimer.room)
      if (n > 0 && (backlog.mayHave(pool) || limits.touches(pool))) room.set(pool, (room.get(pool) ?? 0) + n)
  }
  const left = await placesLeft({ client, turns, limits }, room)
  if (room.size === 0) return meanwhile()
  const [rows] = await Promise.all([
    repository.claimReady(client, [...room.keys()], [...room.values()], left?.caps([...room.keys()]) ?? []),
    (async () => meanwhile())(),
  ])
  const unreadable = await turns.openReadable(rows.flatMap((row) => row.state_row ?? []))
  if (unreadable.size > 0) await putOffReady(client, refsOf(rows.filter((row) => unreadable.has(row.run_id))))
  for (const row of rows) {
    if (
      turns.get(row.run_id)?.ended ||
      (left && limits.binds(row.pool ?? '', row.project_id) && !left.take(row.pool ?? '', row.project_id))
    )
      continue
    if (give(work, row, claimers)) batch.claimedLive.push(row)
  }
  const found = Map.groupBy(rows, (row) => row.pool ?? '')
  for (const [pool, n] of room) if ((found.get(pool)?.length ?? 0) < n) backlog.exhausted(pool)
}

const refsOf = (rows: LiveRow[]) => rows.map((row) => ({ run: row.run_id, ordinal: row.ordinal }))

/** Counts what is held where something is bounded, and cuts the room down to it. One at a time, so that two don't count the same place. */
async function placesLeft(
  { client, turns, limits }: Pick<Work, 'client' | 'turns' | 'limits'>,
  room: Map<string, number>,
): Promise<Left | null> {
  if (![...room.keys()].some((pool) => limits.touches(pool))) return null
  await turns.slots.lock()
  const left = limits.left(await repository.countLeased(client))
  for (const [pool, n] of room) {
    const most = Math.min(n, left.ofPool(pool))
    if (most > 0) room.set(pool, most)
    else room.delete(pool)
  }
  return left
}

/** Leases a step to the first who has room for it. */
function give({ turns, batch }: Work, row: LiveRow, claimers: Claimer[]): boolean {
  const turn = turns.get(row.run_id)
  const pool = row.pool ?? ''
  const claimer = claimers.find((each) => (each.room.get(pool) ?? 0) > 0 && !each.gone?.aborted)
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
    leaseMs: batch.leaseMs,
  })
  return true
}
