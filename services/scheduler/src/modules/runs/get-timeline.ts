import { uuidOf } from '@orrery/core'
import type { Id, RunTimeline } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { stepIdOf } from '../engine/index.ts'
import { childrenOf, runNotFound } from './get-run.ts'
import * as runs from './run.repository.ts'
import { layOut } from './timeline.policy.ts'

/** What happened in a run when, attempt by attempt. */
export async function getTimeline(ctx: SchedulerCtx, id: Id<'run'>): Promise<RunTimeline> {
  const run = await runs.find(ctx, id)
  if (!run) throw runNotFound()
  const { plan } = await ctx.plans.look(uuidOf('workflow', run.workflowId), run.workflowVersion)
  const [{ ended, live }, attempts, children] = await Promise.all([
    runs.findSteps(ctx, id),
    runs.findAttempts(ctx, id),
    childrenOf(ctx, id, plan),
  ])
  return layOut({
    plan,
    ended,
    live,
    attempts,
    children,
    idOf: (ordinal) => stepIdOf(id, ordinal),
    now: new Date(ctx.engine.now()).toISOString(),
  })
}
