import type { SchedulePreview } from '@orrery/shared-types'
import { isFixedTime, nextAfter, showsTime, type When } from './when.policy.ts'
import { localSecond, offsetMs } from './zone.policy.ts'

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

/** As 2026-11-21T09:30:00+01:00. */
export function localTime(at: Date, timezone: string): string {
  const offset = Math.round(offsetMs(at, timezone) / 60_000)
  const two = (n: number) => String(n).padStart(2, '0')
  const shown = new Date(localSecond(at, timezone)).toISOString().slice(0, 19)
  return `${shown}${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`
}

const hour = 3_600_000

/** Only a local time in a zone that moves its clocks within the hours around has something to say. */
function noteFor(when: When, at: Date, timezone: string): string | undefined {
  if (!isFixedTime(when)) return undefined
  const here = offsetMs(at, timezone)
  if (here > offsetMs(new Date(at.getTime() - 1000), timezone) && !showsTime(when, at))
    return 'The clocks skip the planned time on this day; it fires at the next valid moment'
  const back = here - offsetMs(new Date(at.getTime() + 3 * hour), timezone)
  const again = new Date(at.getTime() + back)
  if (back > 0 && localSecond(again, timezone) === localSecond(at, timezone))
    return 'This local time comes twice on this day; it fires once, the first time'
  return undefined
}
