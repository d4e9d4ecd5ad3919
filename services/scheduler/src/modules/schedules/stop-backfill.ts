import { audit, inTx, publish, requireRole } from '@orrery/core'
import type { Id, StoppedBackfill } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import * as backfills from './backfill.repository.ts'
import { scheduleNotFound } from './get-schedule.ts'
import * as schedules from './schedule.repository.ts'

/** Lets no further tick of the past start a run. Those that have started go on; the others are skipped, with the reason in the ledger. */
export function stopBackfill(ctx: SchedulerCtx, id: Id<'schedule'>): Promise<StoppedBackfill> {
  return inTx(ctx, async (ctx) => {
    const schedule = await schedules.lock(ctx, id)
    if (!schedule) throw scheduleNotFound()
    const { projectId } = schedule
    await requireRole(ctx, projectId, 'operator', 'schedule')
    const stopped = { count: await backfills.stopWaiting(ctx, id) }
    if (stopped.count === 0) return stopped
    const { version } = await schedules.update(ctx, id, {})
    await audit(ctx, { action: 'schedule.backfill_stop', entityType: 'schedule', entityId: id, projectId, after: stopped })
    await publish(ctx, 'schedule.backfill_stopped', { id, version, projectId }, stopped)
    return stopped
  })
}
