import { Cron } from 'croner'
import { localSecond, skipsOverMidnight } from './zone.policy.ts'

/** When a schedule fires: by a cron pattern in a zone, each so many ms from an anchor, or once. Not before `start`, not after `end`. */
export type When = { start: Date | null; end: Date | null } & (
  | { kind: 'cron'; cron: string; timezone: string }
  | { kind: 'every'; everyMs: number; anchor: Date }
  | { kind: 'at'; at: Date }
)

export class WhenError extends Error {
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.name = 'WhenError'
    this.field = field
  }
}

type Pattern = {
  cron: Cron
  /** No `*` and no `/` in seconds, minutes and hours: a local time, which the zone may skip or have twice. */
  fixed: boolean
  /** The same pattern where no clock ever moves. */
  timeless: Cron
}

const patterns = new Map<string, Pattern>()
const answers = new Map<string, Date | null>()
const maxKnown = 5000

/** A fixed local time that a zone skips fires at the next valid moment, one that comes twice fires once; patterns with `*` keep their pace in elapsed time. */
function patternOf(text: string, timezone: string): Pattern {
  const key = `${timezone}\n${text}`
  const known = patterns.get(key)
  if (known) return known
  const made = readPattern(text, timezone)
  if (patterns.size >= maxKnown) patterns.clear()
  patterns.set(key, made)
  return made
}

function readPattern(text: string, timezone: string): Pattern {
  if (!isZone(timezone)) throw new WhenError('timezone', `There is no time zone ${timezone}; use an IANA name, as Europe/Berlin`)
  const fields = text.trim().split(/\s+/)
  if (!text.startsWith('@') && ![5, 6].includes(fields.length))
    throw new WhenError('cron', 'A cron pattern has five fields, or six with seconds first')
  const listed = [...fields.slice(0, -3).map(asList), ...fields.slice(-3)].join(' ')
  const read = (zone: string) => new Cron(listed, { timezone: zone, paused: true, fixedTimeRule: 'no-wildcard' })
  try {
    const cron = read(timezone)
    return {
      cron,
      timeless: read('UTC'),
      fixed: text.startsWith('@') ? !/^@hourly$/i.test(text.trim()) : !/[*/?]/.test(listed.split(' ').slice(0, -3).join(' ')),
    }
  } catch (error) {
    throw new WhenError('cron', (error as Error).message.replace(/^CronPattern: /, ''))
  }
}

/** `10-40/15` as `10,25,40`: local times like any others, though croner takes a step for a pace. */
const asList = (field: string): string =>
  field.replaceAll(/(\d{1,2})-(\d{1,2})\/(\d{1,2})/g, (whole, from: string, to: string, step: string) => {
    const list: number[] = []
    for (let value = Number(from); value <= Number(to) && Number(step) > 0; value += Number(step)) list.push(value)
    return list.length > 0 ? list.join(',') : whole
  })

export function isZone(timezone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone.length > 0
  } catch {
    return false
  }
}

/** The first fire after a moment; null when none will come. Throws WhenError for what can't be read. */
export function nextAfter(when: When, after: Date): Date | null {
  const from = when.start !== null && when.start > after ? new Date(when.start.getTime() - 1) : after
  const next = unbounded(when, from)
  return next === null || (when.end !== null && next > when.end) ? null : next
}

/** The latest of the ticks from `first` to a moment, found in some thirty steps however many there are. */
export function latestUpTo(when: When, first: Date, moment: Date): Date {
  let latest = first
  let [low, high] = [first.getTime(), moment.getTime()]
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    const next = nextAfter(when, new Date(middle))
    if (next === null || next > moment) high = middle
    else {
      latest = next
      low = next.getTime()
    }
  }
  return latest
}

function unbounded(when: When, after: Date): Date | null {
  if (when.kind === 'at') return when.at > after ? when.at : null
  if (when.kind === 'every') {
    // a start is a tick itself; the moment at which a schedule was made is not
    const first = when.start === null ? 1 : 0
    const passed = Math.floor((after.getTime() - when.anchor.getTime()) / when.everyMs)
    return new Date(when.anchor.getTime() + Math.max(passed + 1, first) * when.everyMs)
  }
  return nextByCron(when.cron, when.timezone, after)
}

/** Many schedules share a pattern and a minute, so what was worked out is kept for a while. */
function nextByCron(text: string, timezone: string, after: Date): Date | null {
  const key = `${timezone}\n${text}\n${after.getTime()}`
  const known = answers.get(key)
  if (known !== undefined) return known
  const { cron, timeless, fixed } = patternOf(text, timezone)
  const next = cron.nextRun(after)
  const made = fixed ? earliest(next, movedOverMidnight(timeless, timezone, after, next)) : next
  if (answers.size >= maxKnown) answers.clear()
  answers.set(key, made)
  return made
}

const earliest = (a: Date | null, b: Date | null): Date | null => (a !== null && b !== null ? (a < b ? a : b) : (a ?? b))

/** A skipped time of one day whose next valid moment lies in the next one: croner looks for it on its own day alone. */
function movedOverMidnight(timeless: Cron, timezone: string, after: Date, until: Date | null): Date | null {
  for (const { at, localFrom, midnight } of skipsOverMidnight(timezone, after, until)) {
    const skipped = timeless.nextRun(new Date(localFrom - 1000))
    if (skipped !== null && skipped.getTime() < midnight && at > after) return at
  }
  return null
}

/** Whether the clock of the zone shows at this moment what the pattern asks for. */
export const showsTime = (when: Extract<When, { kind: 'cron' }>, at: Date): boolean => {
  const shown = localSecond(at, when.timezone)
  return (
    patternOf(when.cron, when.timezone)
      .timeless.nextRun(new Date(shown - 1000))
      ?.getTime() === shown
  )
}

export const isFixedTime = (when: When): when is Extract<When, { kind: 'cron' }> =>
  when.kind === 'cron' && patternOf(when.cron, when.timezone).fixed
