import { requireRole } from '@orrery/core'
import type { Id, Run } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { startRun } from '../runs/index.ts'
import { findWorkflow } from '../workflows/index.ts'
import { getSchedule } from './get-schedule.ts'

/** Starts a run now, with the schedule's input, beside its ticks. */
export async function triggerSchedule(ctx: SchedulerCtx, id: Id<'schedule'>): Promise<Run> {
  const schedule = await getSchedule(ctx, id)
  await requireRole(ctx, schedule.projectId, 'operator', 'schedule')
  return startRun(ctx, await findWorkflow(ctx, schedule.workflowId), schedule.input, 'manual', id)
}
