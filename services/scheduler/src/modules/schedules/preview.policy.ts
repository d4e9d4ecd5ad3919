import type { SchedulePreview } from '@orrery/shared-types'
import { nextAfter, type When } from './when.policy.ts'

/** The next fires with the local time of the schedule's zone, and what a change of the clocks does to them. */
export function previewFires(when: When, timezone: string, from: Date, count: number): SchedulePreview {
  const fires: SchedulePreview['fires'] = []
  let last = from
  for (let i = 0; i < count; i++) {
    const at = nextAfter(when, last)
    if (!at) break
    const note = noteFor(when, at, timezone)
    fires.push({ at: at.toISOString(), localTime: localTime(at, timezone), ...(note !== undefined && { note }) })
    last = at
  }
  return { fires }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** As 2026-11-21T09:30:00+01:00. */
export function localTime(at: Date, timezone: string): string {
  const format = formats.get(timezone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' })
  formats.set(timezone, format)
  const offset = offsetMinutes(at, timezone)
  const sign = offset < 0 ? '-' : '+'
  const two = (n: number) => String(n).padStart(2, '0')
  return `${format.format(at).replace(' ', 'T')}${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`
}

function offsetMinutes(at: Date, timezone: string): number {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<string, number>
  const local = Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'], parts['hour'], parts['minute'], parts['second'])
  return Math.round((local - Math.floor(at.getTime() / 1000) * 1000) / 60_000)
}

const hour = 3_600_000

/** Only cron in a zone that moves its clocks within the hours around has something to say. */
function noteFor(when: When, at: Date, timezone: string): string | undefined {
  if (when.kind !== 'cron' || /\*/.test(when.cron.split(/\s+/).slice(-5, -3).join(' '))) return undefined
  const here = offsetMinutes(at, timezone)
  const before = offsetMinutes(new Date(at.getTime() - hour), timezone)
  const after = offsetMinutes(new Date(at.getTime() + hour), timezone)
  if (here > before && !matchesClock(when.cron, at, timezone))
    return 'The clocks skip the planned time on this day; it fires at the next valid moment'
  if (after < here) return 'This local time comes twice on this day; it fires once, the first time'
  return undefined
}

function matchesClock(cron: string, at: Date, timezone: string): boolean {
  const [minutes = '*', hours = '*'] = cron.split(/\s+/).slice(-5)
  const [h, m] = localTime(at, timezone).slice(11, 16).split(':').map(Number)
  const has = (field: string, value: number | undefined) => !/^\d+$/.test(field) || Number(field) === value
  return has(hours, h) && has(minutes, m)
}
