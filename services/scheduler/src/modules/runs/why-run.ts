import { uuidOf } from '@orrery/core'
import type { Id, Outcome, WhyRun } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { queueOf, readApproval } from '../engine/index.ts'
import { runNotFound } from './get-run.ts'
import * as runs from './run.repository.ts'
import { explain } from './why.policy.ts'

/** Says in one sentence what a run waits for, and the one action that would free it. */
export async function whyRun(ctx: SchedulerCtx, id: Id<'run'>): Promise<WhyRun> {
  const run = await runs.find(ctx, id)
  if (!run) throw runNotFound()
  const { plan, unreadable } = await ctx.plans.look(uuidOf('workflow', run.workflowId), run.workflowVersion)
  const [{ live, state }, slot, pools, bounds] = await Promise.all([
    runs.findSteps(ctx, id),
    runs.findSlot(ctx, id),
    runs.findPools(ctx),
    runs.findBounds(ctx, run.projectId),
  ])
  const children = await runs.findLivingChildren(ctx, id)
  return explain({
    run,
    plan,
    unreadable,
    stopped: (state?.ending as { outcome: Outcome } | null | undefined)?.outcome ?? null,
    live: live.map((step) => ({
      ...step,
      queue: queueOf(step.pool ?? ''),
      asked: plan.nodes[step.node]?.uses === 'approval' ? askedBy(step.input) : null,
    })),
    slot,
    pools,
    bounds,
    children,
    now: new Date(ctx.engine.now()),
    leaseMs: ctx.engine.leaseMs,
  })
}

function askedBy(input: unknown) {
  const asked = readApproval(input as Parameters<typeof readApproval>[0])
  return 'problem' in asked ? null : asked
}
