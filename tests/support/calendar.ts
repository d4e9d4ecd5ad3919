// A calculator of fires that shares no code with the engine: it reads patterns by itself, knows the clocks of a zone from
// Intl alone, and goes through every day of the calendar. It is slow and plain on purpose.

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const names = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

type Period = { from: number; offset: number }

/** When the zone's clock had which offset: looked at each hour, and minute by minute where it changed. */
export class Zone {
  readonly periods: Period[] = []
  private readonly format: Intl.DateTimeFormat

  constructor(name: string, from: number, to: number) {
    this.format = new Intl.DateTimeFormat('en-GB', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    let last = this.look(from - 2 * day)
    this.periods.push({ from: from - 2 * day, offset: last })
    for (let at = from - 2 * day; at < to + 2 * day; at += hour) {
      const next = this.look(at + hour)
      if (next === last) continue
      let change = at + minute
      while (this.look(change) === last) change += minute
      this.periods.push({ from: change, offset: next })
      last = next
    }
  }

  private look(at: number): number {
    const [, d, m, y, h, i] = /(\d+)\/(\d+)\/(\d+), (\d+):(\d+)/.exec(this.format.format(at))?.map(Number) ?? []
    return Date.UTC(y ?? 0, (m ?? 0) - 1, d, h, i) - Math.floor(at / minute) * minute
  }

  /** Every moment at which the clock shows this time: none, one or two. */
  moments(local: number): number[] {
    const found: number[] = []
    for (const [i, { from, offset }] of this.periods.entries()) {
      const at = local - offset
      const end = this.periods[i + 1]?.from ?? Number.POSITIVE_INFINITY
      if (at >= from && at < end) found.push(at)
    }
    return found.sort((a, b) => a - b)
  }

  /** The first moment after the gap in which this time would lie. */
  afterGap(local: number): number {
    for (const [i, { from, offset }] of this.periods.entries()) {
      const before = this.periods[i - 1]
      if (before && local >= from + before.offset && local < from + offset) return from
    }
    throw new Error('no gap there')
  }
}

const range = (from: number, to: number, step = 1) => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step)

function valuesOf(field: string, low: number, high: number, words: string[] = [], first = 0): Set<number> {
  const valueOf = (text: string): number => {
    const named = words.indexOf(text.toLowerCase())
    return named >= 0 ? named + first : Number(text)
  }
  return new Set(
    field.split(',').flatMap((part) => {
      const [span = '', step] = part.split('/')
      const [from, to] = span === '*' ? [low, high] : span.split('-').map(valueOf)
      return range(from ?? low, to ?? (step === undefined ? (from ?? low) : high), Number(step ?? 1))
    }),
  )
}

type DayTest = (date: Date) => boolean

/** Which days of the calendar a pattern means. Where both the day and the weekday are said, one of them is enough. */
function dayTest(dayField: string, monthField: string, weekdayField: string): DayTest {
  const months = valuesOf(monthField, 1, 12, names, 1)
  const lastOf = (date: Date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  const dayParts: DayTest[] = dayField.split(',').map((part) => {
    if (part === 'L') return (date) => date.getUTCDate() === lastOf(date)
    const days = valuesOf(part, 1, 31)
    return (date) => days.has(date.getUTCDate())
  })
  const weekdayParts: DayTest[] = weekdayField.split(',').map((part) => {
    const [name = '', nth] = part.split('#')
    const isLast = /^\dL$/.test(part)
    const wanted = new Set([...valuesOf(isLast ? part.slice(0, 1) : name, 0, 7, weekdays)].map((each) => each % 7))
    return (date) => {
      if (!wanted.has(date.getUTCDay())) return false
      if (isLast) return date.getUTCDate() > lastOf(date) - 7
      return nth === undefined || Math.ceil(date.getUTCDate() / 7) === Number(nth)
    }
  })
  const some = (tests: DayTest[], date: Date) => tests.some((test) => test(date))
  return (date) => {
    if (!months.has(date.getUTCMonth() + 1)) return false
    if (dayField === '*') return some(weekdayParts, date)
    if (weekdayField === '*') return some(dayParts, date)
    return some(dayParts, date) || some(weekdayParts, date)
  }
}

/**
 * Every fire from `from` up to `to`. A local time that is skipped fires at the next valid moment, one that comes twice
 * fires the first time; with a `*` in hours or minutes it fires whenever the clock shows a time that fits.
 */
export function firesBetween(pattern: string, zone: Zone, from: number, to: number): number[] {
  const fields = pattern.split(' ')
  const [seconds = '0', minutes = '*', hours = '*', days = '*', months = '*', weekday = '*'] =
    fields.length === 6 ? fields : ['0', ...fields]
  const keepsPace = minutes.includes('*') || hours.includes('*')
  const isDay = dayTest(days, months, weekday)
  const times = [...valuesOf(hours, 0, 23)].flatMap((h) =>
    [...valuesOf(minutes, 0, 59)].flatMap((m) => [...valuesOf(seconds, 0, 59)].map((s) => h * hour + m * minute + s * 1000)),
  )
  const found = new Set<number>()
  for (let date = Math.floor(from / day) * day - day; date <= to + day; date += day) {
    if (!isDay(new Date(date))) continue
    for (const time of times) {
      const moments = zone.moments(date + time)
      if (keepsPace) for (const at of moments) found.add(at)
      else found.add(moments[0] ?? zone.afterGap(date + time))
    }
  }
  return [...found].filter((at) => at >= from && at < to).sort((a, b) => a - b)
}
