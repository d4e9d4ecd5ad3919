import type { RetryPlan } from '../workflows/index.ts'

/** Milliseconds to wait after the attempt that failed, counted from 1. With jitter anything from 0 to that ("full jitter", AWS Architecture Blog 2015). */
export function backoffMs(retry: RetryPlan, attempt: number, random: () => number): number {
  const grown = retry.exponential ? retry.initialMs * 2 ** Math.min(attempt - 1, 30) : retry.initialMs
  const capped = Math.min(grown, retry.maxMs)
  return Math.round(retry.jitter ? capped * random() : capped)
}
