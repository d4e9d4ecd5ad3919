import { notFound, uuidOf } from '@orrery/core'
import type { Id, Run } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import type { Plan } from '../workflows/index.ts'
import { presentSteps } from './present-steps.ts'
import * as runs from './run.repository.ts'

export const runNotFound = () => notFound('run')

/** Most runs begin none, and are not asked. */
export const childrenOf = (ctx: SchedulerCtx, id: Id<'run'>, plan: Plan): Promise<runs.Child[]> =>
  plan.nodes.some((node) => node.uses === 'workflow') ? runs.findChildren(ctx, id) : Promise.resolve([])

/** A run with all of its steps, those that have not begun included, and the graph to draw. */
export async function getRun(ctx: SchedulerCtx, id: Id<'run'>): Promise<Run> {
  const run = await runs.find(ctx, id)
  if (!run) throw runNotFound()
  const { plan } = await ctx.plans.look(uuidOf('workflow', run.workflowId), run.workflowVersion)
  const [found, children] = await Promise.all([runs.findSteps(ctx, id), childrenOf(ctx, id, plan)])
  return { ...run, steps: presentSteps(id, plan, found, children), graph: plan.graph }
}
