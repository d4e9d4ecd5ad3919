import { AppError, invalid, requireRole, uuidOf } from '@orrery/core'
import type { ForkRun, Id, ReplayRun, Run, RunTrigger } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { type Letters, resume } from '../engine/index.ts'
import { archived, findWorkflow, type Plan } from '../workflows/index.ts'
import { submitRun } from './create-run.ts'
import { runNotFound } from './get-run.ts'
import * as runs from './run.repository.ts'

type Origin = NonNullable<Awaited<ReturnType<typeof runs.find>>>

/** Starts again what failed, with all that comes after it, and keeps the results of the rest. A new run: the old one stays as it ended. */
export async function retryRun(ctx: SchedulerCtx, id: Id<'run'>, letters: Letters = 'close'): Promise<Run> {
  const { origin, plan } = await ended(ctx, id)
  if (origin.outcome === 'success') throw new AppError('conflict', 'run_succeeded', 'This run succeeded; replay it, or fork it from a step')
  return again(ctx, origin, plan, { trigger: 'retry', from: null, input: origin.input, letters })
}

/** Starts a run anew from its beginning, with the same input or another. */
export async function replayRun(ctx: SchedulerCtx, id: Id<'run'>, { input }: ReplayRun): Promise<Run> {
  const { origin, plan } = await ended(ctx, id)
  // with another input it is other work
  const letters = input === undefined ? 'close' : 'leave'
  return submitRun(ctx, { ...origin, input: input ?? origin.input }, plan, 'replay', { run: uuidOf('run', origin.id), kept: [], letters })
}

/** Starts from any step, reusing the results of those that don't come after it. */
export async function forkRun(ctx: SchedulerCtx, id: Id<'run'>, { fromStep, input }: ForkRun, letters?: Letters): Promise<Run> {
  const { origin, plan } = await ended(ctx, id)
  const node = plan.nodes.find((each) => each.key === fromStep)
  if (!node) throw invalid('/fromStep', `This run has no step ${fromStep}; it has ${plan.nodes.map((each) => each.key).join(', ')}`)
  const chosen = letters ?? (input === undefined ? 'close' : 'leave')
  return again(ctx, origin, plan, { trigger: 'fork', from: node.index, input: input ?? origin.input, letters: chosen })
}

type Again = { trigger: RunTrigger; from: number | null; input: unknown; letters: Letters }

async function again(ctx: SchedulerCtx, origin: Origin, plan: Plan, { trigger, from, input, letters }: Again): Promise<Run> {
  const { ended } = await runs.findSteps(ctx, origin.id)
  const { progress, kept } = resume(plan, ended, from)
  return submitRun(ctx, { ...origin, input }, plan, trigger, { run: uuidOf('run', origin.id), progress, kept, letters })
}

/** A run that may be repeated: it has ended, and its workflow is in use. */
async function ended(ctx: SchedulerCtx, id: Id<'run'>): Promise<{ origin: Origin; plan: Plan }> {
  const origin = await runs.find(ctx, id)
  if (!origin) throw runNotFound()
  await requireRole(ctx, origin.projectId, 'operator', 'run')
  if (origin.endedAt === null) throw new AppError('conflict', 'run_not_ended', 'This run has not ended yet; cancel it first, or wait')
  if ((await findWorkflow(ctx, origin.workflowId)).status === 'archived') throw archived()
  return { origin, plan: await ctx.plans.get(uuidOf('workflow', origin.workflowId), origin.workflowVersion) }
}
