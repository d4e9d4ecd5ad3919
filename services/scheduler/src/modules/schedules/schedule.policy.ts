import { invalid } from '@orrery/core'
import type { PreviewSchedule } from '@orrery/shared-types'
import { isZone, nextAfter, type When, WhenError } from './when.policy.ts'

type Given = Pick<PreviewSchedule, 'cron' | 'everyMs' | 'at' | 'timezone'>

/** What a request says about when; refused unless it says exactly one thing and that can be read. */
export function readWhen(given: Given, anchor: Date): { when: When; timezone: string } {
  const timezone = given.timezone ?? 'UTC'
  const said = [given.cron, given.everyMs, given.at].filter((each) => each !== undefined)
  if (said.length !== 1) throw invalid('/cron', 'Give exactly one of cron, everyMs and at')
  if (!isZone(timezone)) throw invalid('/timezone', `There is no time zone ${timezone}; use an IANA name, as Europe/Berlin`)
  const when = toWhen({ cron: given.cron ?? null, everyMs: given.everyMs ?? null, at: given.at ?? null, timezone }, anchor)
  try {
    nextAfter(when, anchor)
  } catch (error) {
    if (error instanceof WhenError) throw invalid(`/${error.field}`, error.message)
    throw error
  }
  return { when, timezone }
}

export function toWhen(row: { cron: string | null; everyMs: number | null; at: string | null; timezone: string }, anchor: Date): When {
  if (row.cron !== null) return { kind: 'cron', cron: row.cron, timezone: row.timezone }
  if (row.everyMs !== null) return { kind: 'every', everyMs: row.everyMs, anchor }
  return { kind: 'at', at: new Date(row.at ?? 0) }
}
