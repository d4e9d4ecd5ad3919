import { requireRole, uuidOf } from '@orrery/core'
import type { Id, Run, Schedule, WorkflowSummary } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { startRun } from '../runs/index.ts'
import { findWorkflow } from '../workflows/index.ts'
import { getSchedule } from './get-schedule.ts'
import { withFireAt } from './tick-run.ts'

/** Starts a run now, with the schedule's input, beside its ticks. */
export async function triggerSchedule(ctx: SchedulerCtx, id: Id<'schedule'>): Promise<Run> {
  const schedule = await getSchedule(ctx, id)
  await requireRole(ctx, schedule.projectId, 'operator', 'schedule')
  const workflow = await findWorkflow(ctx, schedule.workflowId)
  return startRun(ctx, workflow, await inputNow(ctx, workflow, schedule), 'manual', id)
}

/** What a tick at this moment would start its run with. */
async function inputNow({ plans, engine }: SchedulerCtx, workflow: WorkflowSummary, { input }: Schedule): Promise<Schedule['input']> {
  if (workflow.publishedVersion === null) return input
  const plan = await plans.get(uuidOf('workflow', workflow.id), workflow.publishedVersion)
  return withFireAt(plan, input, new Date(engine.now()).toISOString())
}
