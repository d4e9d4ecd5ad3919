import { Cron } from 'croner'

/** When a schedule fires: by a cron pattern in a zone, each so many ms from an anchor, or once. */
export type When =
  | { kind: 'cron'; cron: string; timezone: string }
  | { kind: 'every'; everyMs: number; anchor: Date }
  | { kind: 'at'; at: Date }

export class WhenError extends Error {
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.name = 'WhenError'
    this.field = field
  }
}

const cache = new Map<string, Cron>()

/** A fixed local time that a zone skips fires at the next valid moment, one that comes twice fires once; patterns with `*` keep their pace in elapsed time. */
function cronOf(pattern: string, timezone: string): Cron {
  const key = `${timezone}\n${pattern}`
  const known = cache.get(key)
  if (known) return known
  const made = makeCron(pattern, timezone)
  if (cache.size > 2000) cache.clear()
  cache.set(key, made)
  return made
}

function makeCron(pattern: string, timezone: string): Cron {
  if (!isZone(timezone)) throw new WhenError('timezone', `There is no time zone ${timezone}; use an IANA name, as Europe/Berlin`)
  if (!pattern.startsWith('@') && ![5, 6].includes(pattern.trim().split(/\s+/).length))
    throw new WhenError('cron', 'A cron pattern has five fields, or six with seconds first')
  try {
    return new Cron(pattern, { timezone, paused: true, fixedTimeRule: 'no-wildcard' })
  } catch (error) {
    throw new WhenError('cron', (error as Error).message.replace(/^CronPattern: /, ''))
  }
}

export function isZone(timezone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone.length > 0
  } catch {
    return false
  }
}

/** The first fire after a moment; null when none will come. Throws WhenError for what can't be read. */
export function nextAfter(when: When, after: Date): Date | null {
  if (when.kind === 'at') return when.at > after ? when.at : null
  if (when.kind === 'every') {
    const since = after.getTime() - when.anchor.getTime()
    return new Date(when.anchor.getTime() + (Math.max(Math.floor(since / when.everyMs), 0) + 1) * when.everyMs)
  }
  return cronOf(when.cron, when.timezone).nextRun(after)
}

/** The tick to answer next: the one after the last, unless that lies too far back; then the newest that is past. */
export function nextTick(when: When, last: Date, now: Date, catchUpMs: number): Date | null {
  const next = nextAfter(when, last)
  if (!next || now.getTime() - next.getTime() <= catchUpMs) return next
  const from = new Date(now.getTime() - catchUpMs)
  const recent = nextAfter(when, from)
  return recent && recent <= now ? newestUntil(when, recent, now) : recent
}

function newestUntil(when: When, first: Date, now: Date): Date {
  let newest = first
  for (let next = nextAfter(when, newest); next && next <= now; next = nextAfter(when, newest)) newest = next
  return newest
}
