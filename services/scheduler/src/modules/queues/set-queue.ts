import { audit, type Ctx, inTx, invalid, publish, requireAdmin, requireRole } from '@orrery/core'
import { anyQueue, type QueueSetting, type SetQueue } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import * as queues from './queue.repository.ts'

/** Pauses a queue, lets it go on, bounds how many of its steps run at a time. Holds everywhere within a second. */
export async function setQueue(ctx: SchedulerCtx, name: string, input: SetQueue): Promise<QueueSetting> {
  if (input.paused === undefined && input.limit === undefined) throw invalid('', 'Say paused, limit, or both')
  await requireSay(ctx, name, input)
  const { projectId = null, paused, limit } = input
  const setting = await inTx(ctx, async (ctx) => {
    const before = await queues.lock(ctx, name, projectId)
    const after = await queues.update(ctx, before.id, {
      ...(paused !== undefined && { paused }),
      ...(limit !== undefined && { most: limit }),
    })
    await audit(ctx, {
      action: 'queue.update',
      entityType: 'queue',
      entityId: before.id,
      projectId,
      before: { name, paused: before.pausedAt !== null, limit: before.most },
      after: { name, paused: after.pausedAt !== null, limit: after.most },
    })
    const payload = { name, paused: after.pausedAt !== null, limit: after.most }
    await publish(ctx, 'queue.updated', { id: after.id, version: after.version, projectId }, payload)
    return queues.toSetting(after)
  })
  await ctx.engine.refreshLimits()
  return setting
}

/** Managers for their project, administrators for what all share. */
async function requireSay(ctx: Ctx, name: string, { projectId }: SetQueue): Promise<void> {
  if (projectId !== undefined) return void (await requireRole(ctx, projectId, 'manager'))
  requireAdmin(ctx)
  if (name === anyQueue || name.startsWith('queue:')) throw invalid('/projectId', `${name} belongs to a project: name it in projectId`)
}
