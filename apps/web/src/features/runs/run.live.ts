import type { Page, Run, RunSummary, Status, Step } from '@orrery/shared-types'
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { LiveEventOf, LiveHandlers } from '../../lib/live-events.ts'
import { mapRows } from '../../lib/pages.ts'
import { noteNewRun } from './new-runs.ts'
import { runKeys } from './run.queries.ts'

const isOver = (status: Status) => status === 'done' || status === 'failed' || status === 'canceled'

type RunChanged = LiveEventOf<'run.status_changed'>
type StepChanged = LiveEventOf<'step.status_changed'>

export function afterRunChange<T extends RunSummary>(run: T, { payload, occurredAt }: RunChanged): T {
  const { to, outcome, blockedReason } = payload
  return {
    ...run,
    status: to,
    outcome,
    blockedReason,
    startedAt: run.startedAt ?? (to === 'in_progress' ? occurredAt : null),
    endedAt: isOver(to) ? (run.endedAt ?? occurredAt) : null,
  }
}

/** What the event says about the step; its output comes with the next fetch. */
export function afterStepChange(step: Step, { payload, occurredAt }: StepChanged): Step {
  const { to, attempt, skipped, error } = payload
  return {
    ...step,
    status: to,
    attempt,
    skipped: skipped ?? step.skipped,
    error: error ?? (to === 'failed' ? step.error : null),
    queuedAt: to === 'queued' ? occurredAt : (step.queuedAt ?? occurredAt),
    startedAt: to === 'in_progress' ? occurredAt : step.startedAt,
    endedAt: isOver(to) ? occurredAt : null,
  }
}

function patchRun(client: QueryClient, event: RunChanged): void {
  const change = <T extends RunSummary>(run: T): T => (run.id === event.entityId ? afterRunChange(run, event) : run)
  client.setQueriesData<InfiniteData<Page<RunSummary>>>({ queryKey: runKeys.lists }, mapRows(change))
  client.setQueryData<Run>(runKeys.detail(event.entityId), (run) => run && change(run))
}

function patchStep(client: QueryClient, event: StepChanged): void {
  client.setQueryData<Run>(runKeys.detail(event.payload.runId), (run) => {
    if (!run) return run
    return { ...run, steps: run.steps.map((step) => (step.id === event.entityId ? afterStepChange(step, event) : step)) }
  })
}

export const runLive: LiveHandlers = {
  'run.created': (_, { touch }) => {
    noteNewRun()
    touch(runKeys.digests)
  },
  'run.status_changed': (event, { client, touch }) => {
    patchRun(client, event)
    touch(runKeys.digests)
    touch(runKeys.detail(event.entityId))
  },
  'step.status_changed': (event, { client, touch }) => {
    patchStep(client, event)
    touch(runKeys.detail(event.payload.runId))
  },
  'step.logged': (event, { touch }) => touch([...runKeys.logs(event.payload.runId), event.entityId]),
  'artifact.created': (event, { touch }) => touch(runKeys.artifacts(event.payload.runId)),
  'artifact.deleted': (event, { touch }) => touch(runKeys.artifacts(event.payload.runId)),
  'execution.completed': (event, { touch }) => {
    touch(runKeys.lists)
    touch(runKeys.logs(event.entityId))
  },
}
