const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
export const durationPattern = '^(\\d+(ms|s|m|h|d))+$'

/** Milliseconds of `90s`, `1h30m` or a plain number of ms. The text has been checked against `durationPattern`. */
export function durationMs(value: string | number): number {
  if (typeof value === 'number') return value
  let total = 0
  for (const [, count, unit] of value.matchAll(/(\d+)(ms|s|m|h|d)/g)) total += Number(count) * (units[unit ?? ''] ?? 0)
  return total
}

/** The longest that a step may wait for a time: a year. */
export const longestWaitMs = 366 * 24 * 3_600_000

/** What is written as a duration, as `durationMs` reads it. */
export const isDuration = (value: unknown): value is string | number =>
  (typeof value === 'number' && value >= 0) || (typeof value === 'string' && new RegExp(durationPattern).test(value))
