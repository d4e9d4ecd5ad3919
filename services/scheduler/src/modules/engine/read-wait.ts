import { durationMs, isDuration, type Json, longestWaitMs } from '../workflows/index.ts'

export type Wait = { kind: 'time'; ms: number } | { kind: 'signal'; signal: string } | { problem: string }

/** What a wait step was told, seen from `now` in ms. */
export function readWait(input: Json, now: number): Wait {
  const { duration, until, signal } = (input ?? {}) as { duration?: unknown; until?: unknown; signal?: unknown }
  if (typeof signal === 'string' && signal !== '') return { kind: 'signal', signal }
  if (signal !== undefined) return { problem: 'with.signal must be a name' }
  const ms = until === undefined ? lengthOf(duration) : (typeof until === 'string' ? Date.parse(until) : Number.NaN) - now
  if (Number.isNaN(ms))
    return {
      problem:
        until === undefined ? 'with.duration must be a duration, as 30s or 1h' : 'with.until must be a time, as 2026-01-31T09:00:00Z',
    }
  return ms > longestWaitMs ? { problem: 'A wait may take a year at most' } : { kind: 'time', ms: Math.max(ms, 0) }
}

// an expression may give a time that is past
const lengthOf = (value: unknown): number => (typeof value === 'number' || isDuration(value) ? durationMs(value) : Number.NaN)
