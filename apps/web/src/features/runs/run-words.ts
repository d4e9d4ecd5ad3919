import type { Page, RunSummary, RunTrigger, Step } from '@orrery/shared-types'
import { statusWords } from '../../components/ui/status.tsx'
import { counted, duration } from '../../lib/format.ts'

export const triggerWords: Record<RunTrigger, string> = {
  manual: 'Started by hand',
  schedule: 'By its schedule',
  webhook: 'By a call of its hook',
  workflow: 'By another workflow',
  retry: 'Retried',
  replay: 'Replayed',
  fork: 'Forked',
}

/** What the run is doing or how it ended, as one sentence. */
export function runSentence(run: RunSummary, steps?: readonly Step[]): string {
  if (run.status === 'queued') return 'Queued, no step has started yet'
  if (run.status === 'blocked') return `Blocked: ${run.blockedReason ?? 'the reason is unknown'}`
  if (run.status === 'in_progress') return runningSentence(steps)
  const took = run.durationMs === null ? '' : ` after ${duration(run.durationMs)}`
  if (run.status === 'done') return `Done${took}`
  if (run.status === 'canceled') return `Canceled${took}`
  const where = run.error?.stepKey ? ` at ${run.error.stepKey}` : ''
  return run.outcome === 'timeout' ? `Ran out of time${took}${where}` : `Failed${where}${took}`
}

function runningSentence(steps: readonly Step[] = []): string {
  const active = steps.filter((step) => step.status === 'in_progress')
  const keys = [...new Set(active.map((step) => step.key))]
  if (keys.length === 0) return 'In progress'
  return `In progress: ${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ` and ${keys.length - 3} more` : ''}`
}

export const stepWord = (step: Step) => (step.skipped ? 'Skipped' : statusWords[step.status])

/** How much is under way; what isn't counted to the end says so. */
export function activeWords(page: Page<RunSummary>): string {
  if (page.items.length === 0) return 'nothing is running'
  const blocked = page.items.filter((run) => run.status === 'blocked').length
  const least = page.nextCursor === null ? '' : 'at least '
  return `${counted(page, 'run')} under way${blocked > 0 ? ` (${least}${blocked} blocked)` : ''}`
}
