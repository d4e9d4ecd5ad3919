import { notFound, uuidOf } from '@orrery/core'
import type { Id, Run } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { presentSteps } from './present-steps.ts'
import * as runs from './run.repository.ts'

export const runNotFound = () => notFound('run')

/** A run with all of its steps, those that have not begun included, and the graph to draw. */
export async function getRun(ctx: SchedulerCtx, id: Id<'run'>): Promise<Run> {
  const run = await runs.find(ctx, id)
  if (!run) throw runNotFound()
  const { plan } = await ctx.plans.look(uuidOf('workflow', run.workflowId), run.workflowVersion)
  const found = await runs.findSteps(ctx, id)
  return { ...run, steps: presentSteps(id, plan, found), graph: plan.graph }
}
