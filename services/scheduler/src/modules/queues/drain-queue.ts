import { inTx, requireRole } from '@orrery/core'
import type { Drained, Id } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { auditBy } from '../engine/index.ts'
import * as queues from './queue.repository.ts'

const atOnce = 500
const most = 10_000

/** Gives up what waits in a queue of a project. Its steps fail as `drained` and can be redriven from the dead letters. */
export async function drainQueue(ctx: SchedulerCtx, name: string, projectId: Id<'project'>): Promise<Drained> {
  await requireRole(ctx, projectId, 'manager')
  const queue = await inTx(ctx, (ctx) => queues.lock(ctx, name, projectId))
  let drained = 0
  while (drained < most) {
    const refs = await queues.findReady(ctx, name, projectId, atOnce)
    if (refs.length === 0) return { drained, left: false }
    const taken = await ctx.engine.drain(refs, auditBy(ctx), { entity_id: queue.id, project_id: projectId })
    drained += taken
    // somebody else took them
    if (taken === 0) break
  }
  return { drained, left: (await queues.findReady(ctx, name, projectId, 1)).length > 0 }
}
