/** How long before each attempt, the first included: the schedule that Standard Webhooks recommends. */
export const standardRetryMs: readonly number[] = [
  0,
  5000,
  5 * 60_000,
  30 * 60_000,
  2 * 3_600_000,
  5 * 3_600_000,
  10 * 3_600_000,
  14 * 3_600_000,
  20 * 3_600_000,
  24 * 3_600_000,
]

const jitter = 0.2
const longestWaitMs = 24 * 3_600_000

/** What came of one attempt: an answer, or why there was none. */
export type Posted = { durationMs: number } & (
  | { status: number; retryAfter: string | null; excerpt: string; failure?: never }
  | { failure: string; status?: never }
)

export type Verdict = { status: 'delivered' | 'retrying' | 'dead'; delayMs: number | null; error: string | null; gone: boolean }

/** Decides how it goes on after the attempt `step` of a round, counted from 1. `random` is from 0 to 1. */
export function judge(posted: Posted, step: number, schedule: readonly number[], random: number, now: Date): Verdict {
  const error = errorOf(posted)
  if (error === null) return { status: 'delivered', delayMs: null, error, gone: false }
  const gone = posted.status === 410
  const waitMs = schedule[step]
  if (gone || waitMs === undefined) return { status: 'dead', delayMs: null, error, gone }
  // only later than planned: the spread is there so that a target that comes back isn't met by all at once
  const spreadMs = Math.round(waitMs * (1 + jitter * random))
  const askedMs = posted.status === undefined ? 0 : readRetryAfter(posted.retryAfter, now)
  return { status: 'retrying', delayMs: Math.max(spreadMs, askedMs), error, gone }
}

function errorOf(posted: Posted): string | null {
  if (posted.status === undefined) return posted.failure
  const { status } = posted
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400) return `The answer was ${status}: redirects are not followed; give the address it leads to`
  if (status === 410) return 'The answer was 410: the address is gone, so the webhook was switched off'
  return `The answer was ${status}`
}

/** Seconds or a date (RFC 9110), in ms from now; 0 where there is none. At most a day. */
export function readRetryAfter(text: string | null, now: Date): number {
  if (text === null) return 0
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now.getTime()
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), longestWaitMs) : 0
}
