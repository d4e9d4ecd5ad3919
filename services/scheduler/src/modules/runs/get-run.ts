import { type Ctx, notFound, uuidOf } from '@orrery/core'
import type { Id, LogPage, LogQuery, Run } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { presentSteps, whereIs } from './present-steps.ts'
import * as runs from './run.repository.ts'

export const runNotFound = () => notFound('run')

/** A run with all of its steps, those that have not begun included, and the graph to draw. */
export async function getRun(ctx: SchedulerCtx, id: Id<'run'>): Promise<Run> {
  const run = await runs.find(ctx, id)
  if (!run) throw runNotFound()
  const plan = await ctx.plans.get(uuidOf('workflow', run.workflowId), run.workflowVersion)
  const found = await runs.findSteps(ctx, id)
  return { ...run, steps: presentSteps(id, plan, found), graph: plan.graph }
}

/** Log lines of a run from a cursor on. Asked again with `nextCursor` it gives what came since. */
export async function getLogs(ctx: SchedulerCtx, id: Id<'run'>, query: LogQuery): Promise<LogPage> {
  const run = await runs.find(ctx as Ctx, id)
  if (!run) throw runNotFound()
  const plan = await ctx.plans.get(uuidOf('workflow', run.workflowId), run.workflowVersion)
  const { items, nextCursor, ordinals } = await runs.findLogs(ctx, id, query)
  const places = await whereIs(ctx, id, plan, new Set(ordinals))
  return { items: items.map((line, i) => ({ ...line, ...places.get(ordinals[i] ?? 0) })), nextCursor }
}
