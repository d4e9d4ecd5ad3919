import type { SqlPool } from '@orrery/core'
import type { Machinery } from '../../context.ts'
import { inGroup, newRunUuid, type Work } from '../engine/index.ts'
import { type Advanced, advanceSchedules, type NewFire, settleWaiting, takeWaiting, type WaitingRow } from './fire.repository.ts'
import { prepare, type Ready, Teller } from './tick-run.ts'

const schedulesAtOnce = 100
/** So many runs of one schedule at a time while it is filled in for the past. */
const backfillAtOnce = 10

/** Starts ticks that waited: for the run before them, or in the queue of a backfill. Answers of how many schedules. */
export async function startWaiting(pool: SqlPool, machinery: Machinery): Promise<number> {
  const count = await inGroup(pool, machinery, settle)
  if (count > 0) machinery.engine.poke()
  return count
}

async function settle({ client, group, machinery, now }: Work): Promise<number> {
  const found = await takeWaiting(client, schedulesAtOnce, backfillAtOnce)
  const ready = new Map<string, Ready>()
  for (const row of found) ready.set(row.id, await prepare(machinery, row))
  const ticks = found.flatMap((row) => toFires(row, ready.get(row.id), now))
  const settled = ticks.length > 0 ? await settleWaiting(client, ticks) : []
  const still = new Set(settled.map((each) => `${each.schedule_id} ${each.fire_at.getTime()}`))
  const advanced: Advanced[] = []
  for (const row of found) {
    const what = ready.get(row.id)
    const teller = new Teller(group, row)
    const mine = ticks.filter((each) => each.schedule_id === row.id && still.has(`${row.id} ${Date.parse(each.fire_at)}`))
    for (const fire of mine) if (what) teller.tell(fire, what)
    teller.missed(mine.filter((each) => each.outcome === 'missed').map((each) => ({ ...each, until: null })))
    const last = mine.findLast((each) => each.run_id !== null)
    advanced.push(asBefore(row, teller.version, last?.run_id ?? null))
  }
  group.along(advanceSchedules(advanced))
  await group.run([], [])
  return found.length
}

function toFires(row: WaitingRow, ready: Ready | undefined, now: Date): Omit<NewFire, 'until'>[] {
  const problem = ready?.problem
  return row.ticks.map(({ fire_at, late_ms }) => ({
    schedule_id: row.id,
    fire_at: new Date(fire_at).toISOString(),
    fired_at: now.toISOString(),
    outcome: problem ? 'missed' : 'fired',
    reason: problem?.reason ?? null,
    late_ms: Math.max(late_ms, 0),
    run_id: problem ? null : newRunUuid(),
  }))
}

/** Its next time stays as it is: a tick that waited is one of the past. */
const asBefore = (row: WaitingRow, version: number, run: string | null): Advanced => ({
  id: row.id,
  status: row.status,
  next_fire_at: row.next_fire_at?.toISOString() ?? null,
  due_at: row.due_at?.toISOString() ?? null,
  paused_reason: null,
  last_fire_at: null,
  last_run_id: run,
  last_late_ms: null,
  version,
})
