/** 840 ms · 12.4 s · 3 m 05 s · 2 h 14 m · 3 d 4 h */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${pad(whole % 60)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`
  const hours = Math.round(minutes / 60)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** A length that somebody chose, without the zeros that measuring would say: 5 s, 1 m, 2 h. */
export const roundDuration = (ms: number): string =>
  duration(ms)
    .replace(/\.0+ s$/, ' s')
    .replace(/ 00 [sm]$/, '')
    .replace(/ 0 h$/, '')

/** 840 B · 12.4 kB · 3.20 MB */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`
  const power = Math.min(Math.floor(Math.log10(n) / 3), 4)
  const value = n / 1000 ** power
  return `${value.toFixed(value < 10 ? 2 : 1)} ${['kB', 'MB', 'GB', 'TB'][power - 1]}`
}

const pad = (n: number) => String(n).padStart(2, '0')

const units = [
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['month', 30 * 86_400_000],
  ['year', 365 * 86_400_000],
] as const
const distance = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

/** "12 seconds ago", "in 4 minutes". */
export function relative(at: string | number, now: number): string {
  const ms = (typeof at === 'number' ? at : Date.parse(at)) - now
  if (Math.abs(ms) < 1000) return 'now'
  // the largest unit of which there is about one: 59.6 seconds are a minute, not 60 seconds
  const [unit, length] = units.findLast(([, length]) => Math.abs(ms) >= 0.99 * length) ?? units[0]
  return distance.format(Math.round(ms / length), unit)
}

const words = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', ...options })
const timeWords = words({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
const dayWords = words({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
const dateWords = words({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' })
const exactWords = words({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  timeZoneName: 'shortOffset',
})

export const isSameDay = (a: string | number, b: string | number) => new Date(a).toDateString() === new Date(b).toDateString()

/** As short as the day allows: 14:02:11, 3 Nov 14:02, 3 Nov 2025 14:02. */
export function moment(at: string | number, now: number = Date.now()): string {
  const time = new Date(at)
  if (isSameDay(at, now)) return timeWords.format(time)
  const isThisYear = time.getFullYear() === new Date(now).getFullYear()
  return (isThisYear ? dayWords : dateWords).format(time).replace(',', '')
}

export const exact = (at: string | number) => exactWords.format(new Date(at))

export const clock = (at: string | number) => timeWords.format(new Date(at))

export const plural = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`

/** How many there are, as far as it is known: 12, or "more than 50". */
export function counted(page: { items: readonly unknown[]; nextCursor: string | null; total?: number }, one?: string): string {
  const count = page.total ?? page.items.length
  const words = one === undefined ? count.toLocaleString('en') : plural(count, one)
  return page.total === undefined && page.nextCursor !== null ? `more than ${words}` : words
}

export const percent = (share: number) => `${Math.round(share * 100)} %`

/** What tells a run from its neighbours: the last four digits number its steps, and are zero for the run itself. */
export const shortRunId = (id: string) => `run…${id.slice(-10, -4)}`

export const viewerZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
