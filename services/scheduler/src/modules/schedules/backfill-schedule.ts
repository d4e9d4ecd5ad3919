import { audit, inTx, invalid, publish, requireRole, type TxCtx, uuidOf } from '@orrery/core'
import type { Backfill, BackfillSchedule, Id } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import * as backfills from './backfill.repository.ts'
import { scheduleNotFound } from './get-schedule.ts'
import { horizonOf, keepDays } from './ledger.policy.ts'
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
    requireKnown(new Date(from), new Date(to), now)
    const when = toWhen({ ...schedule, id: uuidOf('schedule', id) })
    const ticks = ticksBetween(when, new Date(from), new Date(to))
    // the next tick is answered in its own time, also when it is just being late
    const past = ticks.filter((tick) => schedule.nextFireAt === null || tick < schedule.nextFireAt)
    const fired = await backfills.findFired(ctx, id, past)
    const open = past.filter((tick) => !fired.has(tick))
    const backfill = { count: open.length, first: open[0] ?? null, last: open.at(-1) ?? null, alreadyFired: fired.size, dryRun }
    if (dryRun || open.length === 0) return backfill
    const gaps = await backfills.findGaps(ctx, id, open)
    await backfills.putWaiting(ctx, id, open, now.toISOString())
    for (const gap of gaps) await keepRest(ctx, when, gap, new Set(past))
    const after = await schedules.update(ctx, id, {})
    const entry = { from, to, count: open.length }
    await audit(ctx, { action: 'schedule.backfill', entityType: 'schedule', entityId: id, projectId, after: entry })
    await publish(ctx, 'schedule.backfilled', { id, version: after.version, projectId }, entry)
    return backfill
  })
}

/** Refuses ticks that are still to come, and those of which nobody knows any more whether they fired. */
function requireKnown(from: Date, to: Date, now: Date): void {
  if (from > to) throw invalid('/to', 'must not be before from')
  if (to > now) throw invalid('/to', 'must not lie in the future')
  if (from >= horizonOf(now)) return
  const earliest = horizonOf(now).toISOString()
  throw invalid('/from', `The ledger reaches ${keepDays} days back, to ${earliest}: ticks before that may have fired; begin later`)
}

/** A row that stood for several ticks starts a run for its own now: the first of the others without a row stands for them. */
async function keepRest(ctx: TxCtx, when: When, gap: backfills.Gap, told: Set<string>): Promise<void> {
  const began = new Date(gap.fireAt)
  const end = new Date(gap.until)
  for (let tick = nextAfter(when, began); tick && tick <= end; tick = nextAfter(when, tick)) {
    const fireAt = tick.toISOString()
    const lateMs = gap.lateMs === null ? null : Math.max(0, gap.lateMs - (tick.getTime() - began.getTime()))
    if (!told.has(fireAt) && (await backfills.putGap(ctx, { ...gap, fireAt, lateMs }))) return
  }
}

function ticksBetween(when: When, from: Date, to: Date): string[] {
  const ticks: string[] = []
  for (let tick = nextAfter(when, new Date(from.getTime() - 1)); tick && tick <= to; tick = nextAfter(when, tick)) {
    if (ticks.length === maxTicks) throw invalid('/to', `The range holds more than ${maxTicks} ticks; choose a shorter one`)
    ticks.push(tick.toISOString())
  }
  return ticks
}
