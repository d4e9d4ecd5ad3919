import { longestRetryAfterMs } from '@orrery/shared-types'

/** How long the other side asks to be left alone (RFC 9110, 10.2.3): seconds or a time. Undefined where it doesn't say, or not in words that are known. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? ''
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : /[a-z]/i.test(text) ? Date.parse(text) - now : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestRetryAfterMs)
}
