import type { ActivityInput } from '@orrery/shared-types'

/** The two actions that count as an execution; `details.durationMs` says how long it took. */
const executionActions = ['execution.completed', 'execution.failed']

/** What reports add to an agent's counters. */
export function tallyOf(reports: Pick<ActivityInput, 'action' | 'details'>[]) {
  const ran = reports.filter(({ action }) => executionActions.includes(action))
  const times = ran.map(({ details }) => details?.['durationMs']).filter(isDuration)
  return {
    executions: ran.length,
    failed: ran.filter(({ action }) => action === 'execution.failed').length,
    timed: times.length,
    durationMs: times.reduce((sum, ms) => sum + Math.round(ms), 0),
  }
}

const yearMs = 366 * 24 * 3600_000
const isDuration = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= yearMs
