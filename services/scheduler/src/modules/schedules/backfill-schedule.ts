import { audit, inTx, invalid, publish, requireRole, uuidOf } from '@orrery/core'
import type { Backfill, BackfillSchedule, Id } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import * as fires from './fire.repository.ts'
import { scheduleNotFound } from './get-schedule.ts'
import { toWhen } from './schedule.policy.ts'
import * as schedules from './schedule.repository.ts'
import { nextAfter, type When } from './when.policy.ts'

const maxTicks = 1000

/** Starts a run for each tick of a past range that has none, a few at a time. A dry run only counts them. */
export function backfillSchedule(ctx: SchedulerCtx, id: Id<'schedule'>, input: BackfillSchedule): Promise<Backfill> {
  const now = new Date(ctx.engine.now())
  const { from, to, dryRun = false } = input
  return inTx(ctx, async (ctx) => {
    const schedule = await schedules.lock(ctx, id)
    if (!schedule) throw scheduleNotFound()
    const { projectId } = schedule
    await requireRole(ctx, projectId, 'operator', 'schedule')
    if (new Date(from) > new Date(to)) throw invalid('/to', 'must not be before from')
    if (new Date(to) > now) throw invalid('/to', 'must not lie in the future')
    const ticks = ticksBetween(toWhen({ ...schedule, id: uuidOf('schedule', id) }), new Date(from), new Date(to))
    // the next tick is answered in its own time, also when it is just being late
    const past = ticks.filter((tick) => schedule.nextFireAt === null || tick < schedule.nextFireAt)
    const fired = await fires.findFired(ctx, id, past)
    const open = past.filter((tick) => !fired.has(tick))
    const backfill = { count: open.length, first: open[0] ?? null, last: open.at(-1) ?? null, alreadyFired: fired.size, dryRun }
    if (dryRun || open.length === 0) return backfill
    await fires.putWaiting(ctx, id, open, now.toISOString())
    const after = await schedules.update(ctx, id, {})
    const entry = { from, to, count: open.length }
    await audit(ctx, { action: 'schedule.backfill', entityType: 'schedule', entityId: id, projectId, after: entry })
    await publish(ctx, 'schedule.backfilled', { id, version: after.version, projectId }, entry)
    return backfill
  })
}

function ticksBetween(when: When, from: Date, to: Date): string[] {
  const ticks: string[] = []
  for (let tick = nextAfter(when, new Date(from.getTime() - 1)); tick && tick <= to; tick = nextAfter(when, tick)) {
    if (ticks.length === maxTicks) throw invalid('/to', `The range holds more than ${maxTicks} ticks; choose a shorter one`)
    ticks.push(tick.toISOString())
  }
  return ticks
}
