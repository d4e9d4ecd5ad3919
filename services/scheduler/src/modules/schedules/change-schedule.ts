import { AppError, audit, inTx, invalid, publish, requireRole, requireVersion, type TxCtx } from '@orrery/core'
import type { Id, Schedule, UpdateSchedule } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { getSchedule, scheduleNotFound } from './get-schedule.ts'
import { readWhen, toWhen } from './schedule.policy.ts'
import * as schedules from './schedule.repository.ts'
import { nextAfter } from './when.policy.ts'

async function lockMine(ctx: TxCtx, id: Id<'schedule'>) {
  const row = await schedules.lock(ctx, id)
  if (!row) throw scheduleNotFound()
  await requireRole(ctx, row.projectId, 'operator', 'schedule')
  return row
}

/** Changes when it fires, or with what. */
export function updateSchedule(
  ctx: SchedulerCtx,
  id: Id<'schedule'>,
  input: UpdateSchedule,
  ifVersion: number | undefined,
): Promise<Schedule> {
  const now = new Date(ctx.engine.now())
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    requireVersion(before, ifVersion)
    const fields = Object.keys(input)
    const newTimes = [input.cron, input.everyMs, input.at].some((each) => each !== undefined)
    const given = newTimes
      ? input
      : {
          ...(before.cron !== null && { cron: before.cron }),
          ...(before.everyMs !== null && { everyMs: before.everyMs }),
          ...(before.at !== null && { at: before.at }),
        }
    const { when, timezone } = readWhen({ ...given, timezone: input.timezone ?? before.timezone }, now)
    const next = before.status === 'active' ? nextAfter(when, now) : null
    if (newTimes && !nextAfter(when, now)) throw invalid('/cron', 'This never fires: its time is past or does not exist')
    const times = { cron: given.cron ?? null, everyMs: given.everyMs ?? null, at: given.at ?? null, timezone }
    const after = await schedules.update(ctx, id, {
      ...times,
      ...(input.input && { input: input.input }),
      nextFireAt: next?.toISOString() ?? null,
    })
    const { projectId } = before
    await audit(ctx, {
      action: 'schedule.update',
      entityType: 'schedule',
      entityId: id,
      projectId,
      before: { cron: before.cron, timezone: before.timezone },
      after: { ...input },
    })
    await publish(ctx, 'schedule.updated', { id, version: after.version, projectId }, { fields })
    return getSchedule(ctx, id)
  })
}

/** Lets no further tick start a run. Ticks that pass meanwhile are not made up for. */
export function pauseSchedule(ctx: SchedulerCtx, id: Id<'schedule'>): Promise<Schedule> {
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    if (before.status !== 'active') throw new AppError('conflict', 'schedule_not_active', `This schedule is ${before.status} already`)
    const after = await schedules.update(ctx, id, { status: 'paused', nextFireAt: null })
    await audit(ctx, { action: 'schedule.pause', entityType: 'schedule', entityId: id, projectId: before.projectId })
    await publish(ctx, 'schedule.paused', { id, version: after.version, projectId: before.projectId }, {})
    return getSchedule(ctx, id)
  })
}

/** Goes on with the first tick after now. */
export function resumeSchedule(ctx: SchedulerCtx, id: Id<'schedule'>): Promise<Schedule> {
  const now = new Date(ctx.engine.now())
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    if (before.status !== 'paused') throw new AppError('conflict', 'schedule_not_paused', `This schedule is ${before.status}, not paused`)
    const next = nextAfter(toWhen(before, new Date(before.createdAt)), now)
    const after = await schedules.update(ctx, id, { status: next ? 'active' : 'ended', nextFireAt: next?.toISOString() ?? null })
    await audit(ctx, { action: 'schedule.resume', entityType: 'schedule', entityId: id, projectId: before.projectId })
    await publish(ctx, 'schedule.resumed', { id, version: after.version, projectId: before.projectId }, {})
    return getSchedule(ctx, id)
  })
}

/** Removes the plan. Its runs stay. */
export function deleteSchedule(ctx: SchedulerCtx, id: Id<'schedule'>): Promise<void> {
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    await schedules.remove(ctx, id)
    await audit(ctx, {
      action: 'schedule.delete',
      entityType: 'schedule',
      entityId: id,
      projectId: before.projectId,
      before: { cron: before.cron, timezone: before.timezone },
    })
    await publish(ctx, 'schedule.deleted', { id, version: before.version + 1, projectId: before.projectId }, {})
  })
}
