import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Ctx, invalid, requireRole, uuidOf } from '@orrery/core'
import type { Forecast, ForecastQuery, Id } from '@orrery/shared-types'
import { tickAt, toWhen } from './schedule.policy.ts'
import * as schedules from './schedule.repository.ts'
import { nextAfter } from './when.policy.ts'

const minute = 60_000
const day = 24 * 60 * minute
const maxRangeMs = 7 * day
const maxSchedules = 1000
const maxFires = 5000
const turnEvery = 100

/** What the active schedules of a project will fire in a range, minute by minute, as far as the bound on their number reaches. */
export async function forecastFires(ctx: Ctx, query: ForecastQuery, now: Date): Promise<Forecast> {
  await requireRole(ctx, query.projectId, 'viewer')
  const from = query.from === undefined ? now : new Date(query.from)
  const to = query.to === undefined ? new Date(from.getTime() + day) : new Date(query.to)
  if (to < from) throw invalid('/to', 'must not be before from')
  if (to.getTime() - from.getTime() > maxRangeMs) throw invalid('/to', 'must be at most seven days after from')
  const rows = await schedules.findActive(ctx, query.projectId, maxSchedules + 1)
  const ahead = rows.slice(0, maxSchedules).map((row) => upcoming(row, from < now ? now : from))
  const minutes = new Map<number, Map<Id<'schedule'>, number>>()
  let fires = 0
  let until = to
  for (;;) {
    const first = soonest(ahead)
    if (!first?.dueAt || first.dueAt > to) break
    if (fires === maxFires) {
      until = first.dueAt
      break
    }
    const bucket = Math.floor(first.dueAt.getTime() / minute) * minute
    const entry = minutes.get(bucket) ?? new Map<Id<'schedule'>, number>()
    minutes.set(bucket, entry.set(first.id, (entry.get(first.id) ?? 0) + 1))
    fires += 1
    first.advance()
    // long patterns take their time, and others wait for answers too
    if (fires % turnEvery === 0) await nextTurn()
  }
  return {
    from: from.toISOString(),
    until: until.toISOString(),
    truncated: until < to || rows.length > maxSchedules,
    fires,
    minutes: [...minutes].map(([at, of]) => toMinute(at, of)),
  }
}

function toMinute(at: number, of: Map<Id<'schedule'>, number>): Forecast['minutes'][number] {
  const counts = [...of.values()]
  return { at: new Date(at).toISOString(), fires: counts.reduce((sum, count) => sum + count, 0), scheduleIds: [...of.keys()], counts }
}

type Upcoming = { id: Id<'schedule'>; dueAt: Date | null; advance: () => void }

function upcoming(row: schedules.ScheduleRow, from: Date): Upcoming {
  const id = uuidOf('schedule', row.id)
  const when = toWhen({ ...row, id })
  let next = nextAfter(when, new Date(from.getTime() - 1))
  const dueOf = () => (next === null ? null : tickAt(when, next, { id, jitterMs: row.jitterMs }).dueAt)
  const ahead: Upcoming = {
    id: row.id,
    dueAt: dueOf(),
    advance() {
      next = next && nextAfter(when, next)
      ahead.dueAt = dueOf()
    },
  }
  return ahead
}

function soonest(ahead: Upcoming[]): Upcoming | undefined {
  let first: Upcoming | undefined
  for (const each of ahead) if (each.dueAt !== null && (!first?.dueAt || each.dueAt < first.dueAt)) first = each
  return first
}
