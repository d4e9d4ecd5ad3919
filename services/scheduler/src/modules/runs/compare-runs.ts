import type { Id, RunComparison, Step } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { getRun } from './get-run.ts'

const lasted = (step: Step | undefined) => (step?.startedAt && step.endedAt ? Date.parse(step.endedAt) - Date.parse(step.startedAt) : null)
const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** Two runs side by side: which steps ended otherwise, gave something else, or took longer. Items are compared within their step. */
export async function compareRuns(ctx: SchedulerCtx, id: Id<'run'>, otherId: Id<'run'>): Promise<RunComparison> {
  const [left, right] = await Promise.all([getRun(ctx, id), getRun(ctx, otherId)])
  const whole = (steps: Step[]) => new Map(steps.filter((step) => step.itemIndex === null).map((step) => [step.key, step]))
  const [a, b] = [whole(left.steps), whole(right.steps)]
  const keys = [...new Set([...a.keys(), ...b.keys()])]
  const side = (step: Step | undefined) =>
    step && { status: step.status, skipped: step.skipped, output: step.output, durationMs: lasted(step), attempt: step.attempt }
  return {
    left: left.id,
    right: right.id,
    sameVersion: left.workflowId === right.workflowId && left.workflowVersion === right.workflowVersion,
    sameInput: same(left.input, right.input),
    sameOutput: same(left.output, right.output),
    durationMs: { left: left.durationMs, right: right.durationMs },
    costUsd: { left: left.costUsd, right: right.costUsd },
    steps: keys.map((key) => ({
      key,
      left: side(a.get(key)) ?? null,
      right: side(b.get(key)) ?? null,
      sameStatus: a.get(key)?.status === b.get(key)?.status && a.get(key)?.skipped === b.get(key)?.skipped,
      sameOutput: same(a.get(key)?.output, b.get(key)?.output),
    })),
  }
}
