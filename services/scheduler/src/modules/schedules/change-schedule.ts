import { AppError, audit, inTx, invalid, publish, requireRole, requireVersion, type TxCtx, uuidOf } from '@orrery/core'
import type { Id, Schedule, UpdateSchedule } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { findWorkflow } from '../workflows/index.ts'
import * as fires from './fire.repository.ts'
import { getSchedule, scheduleNotFound } from './get-schedule.ts'
import { planned, readWhen, toWhen } from './schedule.policy.ts'
import * as schedules from './schedule.repository.ts'
import { requireFit } from './tick-run.ts'
import { nextAfter } from './when.policy.ts'

async function lockMine(ctx: TxCtx, id: Id<'schedule'>) {
  const row = await schedules.lock(ctx, id)
  if (!row) throw scheduleNotFound()
  await requireRole(ctx, row.projectId, 'operator', 'schedule')
  return row
}

/** A tick that is due and was not answered yet will not be: the ledger says so. */
async function leaveDue(ctx: TxCtx, { id, status, nextFireAt }: schedules.ScheduleRow, now: Date): Promise<void> {
  if (status === 'active' && nextFireAt !== null && new Date(nextFireAt) <= now) await fires.putLeft(ctx, id, nextFireAt, now.toISOString())
}

/** Changes when it fires, or with what. */
export function updateSchedule(
  ctx: SchedulerCtx,
  id: Id<'schedule'>,
  input: UpdateSchedule,
  ifVersion: number | undefined,
): Promise<Schedule> {
  const { plans } = ctx
  const now = new Date(ctx.engine.now())
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    requireVersion(before, ifVersion)
    if (input.input) await requireFit({ plans, now: now.getTime() }, await findWorkflow(ctx, before.workflowId), input.input)
    const fields = Object.keys(input)
    const newTimes = [input.cron, input.everyMs, input.at].some((each) => each !== undefined)
    const given = { ...(newTimes ? timesOf(input) : timesOf(before)), ...boundsOf(before, input) }
    const uuid = uuidOf('schedule', id)
    const { when, timezone } = readWhen({ ...given, timezone: input.timezone ?? before.timezone }, uuid, new Date(before.createdAt))
    const bounded = input.startAt !== undefined || input.endAt !== undefined
    const sameTimes = !newTimes && !bounded && input.timezone === undefined
    // what fires when it did before still owes the tick that is due
    const next = sameTimes && before.nextFireAt !== null ? new Date(before.nextFireAt) : nextAfter(when, now)
    if (!sameTimes) await leaveDue(ctx, before, now)
    if ((newTimes || bounded) && !next) throw invalid(newTimes ? '/cron' : '/endAt', 'This never fires: its time is past or does not exist')
    const { jitterMs = before.jitterMs, overlap, catchUp, catchUpWindowMs } = input
    const policy = { ...(overlap && { overlap }), ...(catchUp && { catchUp }), ...(catchUpWindowMs !== undefined && { catchUpWindowMs }) }
    // a schedule that has come to its end goes on when it is given new times
    const status = before.status === 'paused' ? 'paused' : next ? 'active' : 'ended'
    const after = await schedules.update(ctx, id, {
      cron: given.cron ?? null,
      everyMs: given.everyMs ?? null,
      at: given.at ?? null,
      startAt: given.startAt,
      endAt: given.endAt,
      timezone,
      jitterMs,
      ...policy,
      status,
      ...(input.input && { input: input.input }),
      ...planned(when, status === 'active' ? next : null, { id: uuid, jitterMs }),
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
  const now = new Date(ctx.engine.now())
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    if (before.status !== 'active') throw new AppError('conflict', 'schedule_not_active', `This schedule is ${before.status} already`)
    await leaveDue(ctx, before, now)
    const after = await schedules.update(ctx, id, { status: 'paused', pausedReason: null, nextFireAt: null, dueAt: null })
    await audit(ctx, { action: 'schedule.pause', entityType: 'schedule', entityId: id, projectId: before.projectId })
    await publish(ctx, 'schedule.paused', { id, version: after.version, projectId: before.projectId }, { reason: null })
    return getSchedule(ctx, id)
  })
}

/** Goes on with the first tick after now. */
export function resumeSchedule(ctx: SchedulerCtx, id: Id<'schedule'>): Promise<Schedule> {
  const now = new Date(ctx.engine.now())
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    if (before.status !== 'paused') throw new AppError('conflict', 'schedule_not_paused', `This schedule is ${before.status}, not paused`)
    const uuid = uuidOf('schedule', id)
    const when = toWhen({ ...before, id: uuid })
    const next = nextAfter(when, now)
    const times = planned(when, next, { id: uuid, jitterMs: before.jitterMs })
    const after = await schedules.update(ctx, id, { status: next ? 'active' : 'ended', pausedReason: null, ...times })
    await audit(ctx, { action: 'schedule.resume', entityType: 'schedule', entityId: id, projectId: before.projectId })
    await publish(ctx, 'schedule.resumed', { id, version: after.version, projectId: before.projectId }, {})
    return getSchedule(ctx, id)
  })
}

/** Removes the plan. Its runs stay. */
export function deleteSchedule(ctx: SchedulerCtx, id: Id<'schedule'>): Promise<void> {
  return inTx(ctx, async (ctx) => {
    const before = await lockMine(ctx, id)
    await fires.dropWaiting(ctx, id)
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

type GivenTimes = { cron?: string | null; everyMs?: number | null; at?: string | null }
const timesOf = ({ cron, everyMs, at }: GivenTimes) => ({
  ...(cron != null && { cron }),
  ...(everyMs != null && { everyMs }),
  ...(at != null && { at }),
})

type Bounds = { startAt: string | null; endAt: string | null }
const boundsOf = (before: Bounds, { startAt = before.startAt, endAt = before.endAt }: Partial<Bounds>): Bounds => ({ startAt, endAt })
