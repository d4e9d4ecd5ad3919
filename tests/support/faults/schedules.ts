import { uuidOf } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import type { Installation } from '@orrery/testing'
import type { Client } from './client.ts'

type Policy = { everyMs: number; overlap: string; catchUp: string; catchUpWindowMs: number }
type Made = Policy & { id: Id<'schedule'>; firstAt: number; pausedAt: number }

const policies: Policy[] = [
  { everyMs: 2000, overlap: 'allow', catchUp: 'all', catchUpWindowMs: 3_600_000 },
  { everyMs: 3000, overlap: 'skip', catchUp: 'last', catchUpWindowMs: 60_000 },
  { everyMs: 5000, overlap: 'queue', catchUp: 'none', catchUpWindowMs: 0 },
]

/** A few schedules with a pace of seconds. */
export async function startSchedules(client: Client, projectId: string, workflowId: string): Promise<Made[]> {
  const made: Made[] = []
  for (const policy of policies) {
    const body = { projectId, workflowId, ...policy }
    const { id, nextFireAt } = await client.ask<{ id: Id<'schedule'>; nextFireAt: string }>(
      'POST',
      '/schedules',
      body,
      `schedule-${policy.everyMs}`,
    )
    made.push({ ...policy, id, firstAt: Date.parse(nextFireAt), pausedAt: 0 })
  }
  return made
}

export async function pauseSchedules(client: Client, it: Installation, made: Made[]): Promise<void> {
  for (const each of made) {
    await client.ask('POST', `/schedules/${each.id}/pause`, undefined, `pause-${each.everyMs}`)
    const { rows } = await it.admin.query('select now() as now')
    each.pausedAt = rows[0].now.getTime()
  }
}

type FireRow = { fire_at: Date; outcome: string; reason: string | null; until: Date | null; run_id: string | null; has_run: boolean }

/** A tick that came due just before the pause may not have been answered. */
const unsureMs = 3000

/** From the end of a run on, a tick that waited for it may wait so much longer: nobody rings, and a scheduler may be down just then. */
const startsWithinMs = 15_000

/** The tick that may wait still: the one in a queue, held back by the pause, for a run that ended only then. */
async function heldByPause(it: Installation, made: Made, list: FireRow[]): Promise<FireRow | undefined> {
  const first = list.findIndex((row) => row.outcome === 'waiting')
  if (made.overlap !== 'queue' || first < 0 || list.slice(first + 1).some((row) => row.outcome !== 'skipped')) return undefined
  const { rows } = await it.admin.query<{ at: Date | null }>('select max(ended_at) as at from scheduler.runs where schedule_id = $1', [
    uuidOf('schedule', made.id),
  ])
  return (rows[0]?.at?.getTime() ?? 0) > made.pausedAt - startsWithinMs ? list[first] : undefined
}

/** Ticks that the ledger tells other than once, or runs without their tick: reckoned from the pace alone. */
export async function wrongFires(it: Installation, made: Made[]): Promise<{ ticks: number; wrong: string[] }> {
  const wrong: string[] = []
  let ticks = 0
  for (const each of made) {
    const { id, everyMs, catchUp, firstAt, pausedAt } = each
    const uuid = uuidOf('schedule', id)
    const { rows } = await it.admin.query<FireRow>(
      `select f.fire_at, f.outcome, f.reason, f.until, f.run_id, exists (select from scheduler.runs r where r.id = f.run_id and r.schedule_id = f.schedule_id) as has_run
       from scheduler.fires f where schedule_id = $1 order by fire_at`,
      [uuid],
    )
    const at = new Map(rows.map((row) => [row.fire_at.getTime(), row]))
    const stands = (time: number) => rows.some((row) => row.until && row.fire_at.getTime() < time && time <= row.until.getTime())
    for (let time = firstAt; time < pausedAt - unsureMs; time += everyMs) {
      ticks += 1
      const row = at.get(time)
      if (!row && !stands(time)) wrong.push(`the tick ${new Date(time).toISOString()} of each ${everyMs} ms is not in the ledger`)
    }
    const held = await heldByPause(it, each, rows)
    for (const row of rows) {
      const about = `the tick ${row.fire_at.toISOString()} of each ${everyMs} ms`
      if ((row.fire_at.getTime() - firstAt) % everyMs !== 0) wrong.push(`${about} was never due`)
      if (row === held) continue
      if (row.outcome === 'fired' ? !row.has_run : row.run_id !== null || row.reason === null)
        wrong.push(`${about} is ${row.outcome} for ${row.reason}, with run ${row.run_id}`)
      if (catchUp === 'all' && row.outcome !== 'fired') wrong.push(`${about} was to be made up for and is ${row.outcome}`)
    }
    const runs = await it.admin.query('select count(*)::int as n from scheduler.runs where schedule_id = $1', [uuid])
    const fired = new Set(rows.flatMap((row) => row.run_id ?? []))
    if (runs.rows[0].n !== fired.size || fired.size !== rows.filter((row) => row.run_id !== null).length)
      wrong.push(`each ${everyMs} ms: ${runs.rows[0].n} runs for ${fired.size} fired ticks`)
  }
  return { ticks, wrong }
}
