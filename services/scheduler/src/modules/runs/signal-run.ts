import { AppError, requireRole } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { auditBy } from '../engine/index.ts'
import { runNotFound } from './get-run.ts'
import * as runs from './run.repository.ts'

/** Gives a signal to a run. One that comes before anything waits for it is kept. */
export async function signalRun(ctx: SchedulerCtx, id: Id<'run'>, name: string, payload: unknown): Promise<{ accepted: true }> {
  const run = await runs.findSummary(ctx, id)
  if (!run) throw runNotFound()
  await requireRole(ctx, run.projectId, 'operator', 'run')
  const given = (payload ?? null) as Parameters<typeof ctx.engine.signal>[2]
  const alive = ctx.idempotency?.repeated || (await ctx.engine.signal(id, name, given, auditBy(ctx), ctx.idempotency))
  if (!alive) throw new AppError('conflict', 'run_ended', 'This run has ended already')
  return { accepted: true }
}
