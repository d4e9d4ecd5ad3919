import type { RetryPlan } from '../workflows/index.ts'

/** Milliseconds to wait after the attempt that failed, counted from 1. With jitter anything from 0 to that ("full jitter", AWS Architecture Blog 2015). */
export function backoffMs(retry: RetryPlan, attempt: number, random: () => number): number {
  const grown = retry.exponential ? retry.initialMs * 2 ** Math.min(attempt - 1, 30) : retry.initialMs
  const capped = Math.min(grown, retry.maxMs)
  return Math.round(retry.jitter ? capped * random() : capped)
}

/** What whoever failed says of a next attempt: whether there may be one, and that it should begin no sooner. */
export type Wishes = { retryable?: boolean; retryAfterMs?: number }

/** How long to wait before the next attempt; null where there is none. */
export function retryDelayMs(
  retry: RetryPlan | null,
  attempt: number,
  code: string,
  { retryable, retryAfterMs = 0 }: Wishes,
): number | null {
  if (!retry || !retryable || attempt >= retry.attempts || retry.nonRetryable.has(code)) return null
  return Math.max(backoffMs(retry, attempt, Math.random), retryAfterMs)
}
