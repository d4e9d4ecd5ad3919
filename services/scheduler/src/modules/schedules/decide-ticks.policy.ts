import type { CatchUp, FireOutcome, FireReason, Overlap } from '@orrery/shared-types'
import { graceMs, missReason } from './catch-up.policy.ts'
import { type Tick, tickAt } from './schedule.policy.ts'
import { latestUpTo, nextAfter, type When } from './when.policy.ts'

/** What of a schedule decides what becomes of its ticks. */
export type Planned = {
  id: string
  when: When
  jitterMs: number
  overlap: Overlap
  catchUp: CatchUp
  catchUpWindowMs: number
}

export type Decision = { tick: Tick; outcome: FireOutcome; reason: FireReason | null; until: Date | null }

/** How many of its runs have not ended, and how many ticks wait for that. */
export type Busy = { running: number; waiting: number }

export type Decided = { decisions: Decision[]; next: Date | null; cancelsPrevious: boolean }

/**
 * Decides every tick from `first` to `now` in order, `limit` of them at most; the rest is left for the next look.
 * The next time comes from the schedule, never from now. A gap too long to be told tick by tick ends in one row for its rest.
 */
export function decideTicks(schedule: Planned, first: Date, now: Date, busy: Busy, limit: number): Decided {
  const decisions: Decision[] = []
  const load = { ...busy }
  let next: Date | null = first
  while (next !== null && decisions.length < limit) {
    const tick = tickAt(schedule.when, next, schedule)
    if (tick.dueAt > now) break
    const missed = missReason(tick, now, schedule)
    decisions.push(
      missed ? { tick, outcome: 'missed', reason: missed, until: null } : { tick, until: null, ...place(schedule.overlap, load) },
    )
    next = tick.next
  }
  const last = decisions.at(-1)
  if (last?.outcome === 'missed' && next !== null && decisions.length === limit) next = skipMissed(schedule, last, next, now)
  const cancelsPrevious = schedule.overlap === 'cancel_previous' && keepLast(decisions)
  return { decisions, next, cancelsPrevious }
}

/** Where a tick that should start a run finds the ones before it still going. */
function place(overlap: Overlap, load: Busy): Pick<Decision, 'outcome' | 'reason'> {
  const free = load.running === 0 && load.waiting === 0
  if (overlap === 'allow' || overlap === 'cancel_previous' || free) {
    load.running += 1
    return { outcome: 'fired', reason: null }
  }
  if (overlap === 'skip') return { outcome: 'skipped', reason: 'previous_running' }
  if (load.waiting > 0) return { outcome: 'skipped', reason: 'queue_full' }
  load.waiting += 1
  return { outcome: 'waiting', reason: null }
}

/** Goes on with the first tick that may still start a run; the last row told stands for those passed over. */
function skipMissed(schedule: Planned, last: Decision, next: Date, now: Date): Date | null {
  const until = missedUntil(schedule, last.reason, next, now)
  if (next > until) return next
  last.until = until
  return nextAfter(schedule.when, until)
}

/** Up to when all ticks share the reason of the last one told. */
function missedUntil({ when, jitterMs, catchUpWindowMs }: Planned, reason: FireReason | null, next: Date, now: Date): Date {
  const longerThan = (lateMs: number) => now.getTime() - lateMs - jitterMs - 1
  if (reason === 'too_late') return new Date(longerThan(catchUpWindowMs))
  const missed = longerThan(graceMs)
  if (reason === 'catch_up_off') return new Date(missed)
  // the newest one stands for all, and starts a run
  return new Date(Math.min(missed, latestUpTo(when, next, now).getTime() - 1))
}

/** Of several ticks answered at once each would cancel the one before it, so only the last starts a run. True when one does. */
function keepLast(decisions: Decision[]): boolean {
  const fired = decisions.filter((each) => each.outcome === 'fired')
  for (const each of fired.slice(0, -1)) Object.assign(each, { outcome: 'skipped', reason: 'superseded' })
  return fired.length > 0
}
