import { audit, inTx, invalid, newId, publish, requireRole, uuidOf } from '@orrery/core'
import { type CreateSchedule, defaultCatchUpWindowMs, type Schedule } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { findWorkflow } from '../workflows/index.ts'
import { getSchedule } from './get-schedule.ts'
import { planned, readWhen } from './schedule.policy.ts'
import * as schedules from './schedule.repository.ts'
import { requireFit } from './tick-run.ts'
import { nextAfter } from './when.policy.ts'

/** Plans runs of a published workflow. Its first fire is the first one after now. */
export function createSchedule(ctx: SchedulerCtx, input: CreateSchedule): Promise<Schedule> {
  const { engine, plans } = ctx
  return inTx(ctx, async (ctx) => {
    await requireRole(ctx, input.projectId, 'operator')
    const workflow = await findWorkflow(ctx, input.workflowId)
    if (workflow.projectId !== input.projectId) throw invalid('/workflowId', 'This workflow belongs to another project')
    await requireFit({ plans, now: engine.now() }, workflow, input.input ?? {})
    const now = new Date(engine.now())
    const id = newId('schedule')
    const uuid = uuidOf('schedule', id)
    const { when, timezone } = readWhen(input, uuid, now)
    const next = nextAfter(when, now)
    if (!next) throw invalid(input.at === undefined ? '/cron' : '/at', 'This never fires: its time is past or does not exist')
    const { projectId, workflowId, cron = null, everyMs = null, at = null, startAt = null, endAt = null } = input
    const { overlap = 'allow', catchUp = 'last', catchUpWindowMs = defaultCatchUpWindowMs, jitterMs = 0 } = input
    const row = await schedules.insert(ctx, {
      id,
      projectId,
      workflowId,
      cron,
      everyMs,
      at,
      timezone,
      startAt,
      endAt,
      jitterMs,
      overlap,
      catchUp,
      catchUpWindowMs,
      input: input.input ?? {},
      ...planned(when, next, { id: uuid, jitterMs }),
      createdAt: now.toISOString(),
    })
    await audit(ctx, { action: 'schedule.create', entityType: 'schedule', entityId: id, projectId, after: { ...input } })
    await publish(ctx, 'schedule.created', { id, version: row.version, projectId }, { workflowId })
    return getSchedule(ctx, id)
  })
}
