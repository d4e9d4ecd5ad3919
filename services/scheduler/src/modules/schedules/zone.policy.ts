const formats = new Map<string, Intl.DateTimeFormat>()
const hour = 3_600_000
const day = 24 * hour
// no zone moves its clocks and back within a week
const step = 7 * day

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timezone, made)
  return made
}

/** What the clock of a zone shows at a moment, as if it were UTC, in ms and without the fraction of a second. */
export function localSecond(at: Date, timezone: string): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(timezone).formatToParts(at)) parts[type] = Number(value)
  const { year = 0, month = 1, day: date, hour: hours, minute, second } = parts
  return Date.UTC(year, month - 1, date, hours, minute, second)
}

/** How far the zone's clock is ahead of UTC, in ms. */
export const offsetMs = (at: Date, timezone: string): number => localSecond(at, timezone) - Math.floor(at.getTime() / 1000) * 1000

/** The local times from `localFrom` to beyond `midnight` don't exist: at `at` the clock jumps over them. */
export type Skip = { at: Date; localFrom: number; midnight: number }

const skips = new Map<string, Skip[]>()

/** The jumps over midnight between two moments, within two years. Hardly any zone has one, so each zone's year is looked at once. */
export function skipsOverMidnight(timezone: string, after: Date, until: Date | null): Skip[] {
  const first = after.getUTCFullYear()
  const last = Math.min(until?.getUTCFullYear() ?? first + 2, first + 2)
  const found: Skip[] = []
  for (let year = first; year <= last; year++) found.push(...skipsOf(timezone, year))
  return found.filter(({ at }) => at > after && (until === null || at < until))
}

function skipsOf(timezone: string, year: number): Skip[] {
  const key = `${timezone} ${year}`
  const known = skips.get(key)
  if (known) return known
  const made: Skip[] = []
  const end = Date.UTC(year + 1, 0, 1)
  let before = offsetMs(new Date(Date.UTC(year, 0, 1)), timezone)
  for (let at = Date.UTC(year, 0, 1); at < end; at += step) {
    const until = Math.min(at + step, end)
    const here = offsetMs(new Date(until), timezone)
    if (here > before) made.push(...asSkip(moveWithin(timezone, at, until), before, here))
    before = here
  }
  if (skips.size > 1000) skips.clear()
  skips.set(key, made)
  return made
}

/** The first moment at which the offset is the later one. */
function moveWithin(timezone: string, from: number, to: number): number {
  const target = offsetMs(new Date(to), timezone)
  let [low, high] = [from, to]
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000
    if (offsetMs(new Date(middle), timezone) === target) high = middle
    else low = middle
  }
  return high
}

function asSkip(at: number, before: number, here: number): Skip[] {
  const localFrom = at + before
  const midnight = Math.floor((at + here) / day) * day
  return localFrom < midnight ? [{ at: new Date(at), localFrom, midnight }] : []
}
