import { invalid } from '@orrery/core'
import type { PreviewSchedule } from '@orrery/shared-types'
import { fillSpread, jitterOf } from './spread.policy.ts'
import { isZone, nextAfter, type When, WhenError } from './when.policy.ts'

type Given = Pick<PreviewSchedule, 'cron' | 'everyMs' | 'at' | 'timezone' | 'startAt' | 'endAt'>
/** What of a schedule says when it fires. */
export type Times = {
  id: string
  cron: string | null
  everyMs: number | null
  at: string | null
  timezone: string
  startAt: string | null
  endAt: string | null
  createdAt: string
}

/** What a request says about when; refused unless it says exactly one thing and that can be read. */
export function readWhen(given: Given, id: string, anchor: Date): { when: When; timezone: string } {
  const timezone = given.timezone ?? 'UTC'
  const said = [given.cron, given.everyMs, given.at].filter((each) => each !== undefined)
  if (said.length !== 1) throw invalid('/cron', 'Give exactly one of cron, everyMs and at')
  if (!isZone(timezone)) throw invalid('/timezone', `There is no time zone ${timezone}; use an IANA name, as Europe/Berlin`)
  const { cron = null, everyMs = null, at = null, startAt = null, endAt = null } = given
  if (startAt !== null && endAt !== null && startAt >= endAt) throw invalid('/endAt', 'must be after startAt')
  const when = toWhen({ id, cron, everyMs, at, timezone, startAt, endAt, createdAt: anchor.toISOString() })
  try {
    nextAfter(when, anchor)
  } catch (error) {
    if (error instanceof WhenError) throw invalid(`/${error.field}`, error.message)
    throw error
  }
  return { when, timezone }
}

export function toWhen(row: Times): When {
  const bounds = { start: dateOf(row.startAt), end: dateOf(row.endAt) }
  if (row.cron !== null) return { kind: 'cron', cron: fillSpread(row.cron, row.id), timezone: row.timezone, ...bounds }
  if (row.everyMs !== null) return { kind: 'every', everyMs: row.everyMs, anchor: bounds.start ?? new Date(row.createdAt), ...bounds }
  return { kind: 'at', at: new Date(row.at ?? 0), ...bounds }
}

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text))

/** A tick, when it is to be answered, and the tick after it. */
export type Tick = { at: Date; dueAt: Date; next: Date | null }

export function tickAt(when: When, at: Date, jitter: { id: string; jitterMs: number }): Tick {
  const next = nextAfter(when, at)
  return { at, dueAt: new Date(at.getTime() + jitterOf(jitter.id, at, jitter.jitterMs, next)), next }
}

/** The columns that say when a schedule has to be looked at next. */
export function planned(when: When, next: Date | null, jitter: { id: string; jitterMs: number }) {
  if (next === null) return { nextFireAt: null, dueAt: null }
  const tick = tickAt(when, next, jitter)
  return { nextFireAt: tick.at.toISOString(), dueAt: tick.dueAt.toISOString() }
}
