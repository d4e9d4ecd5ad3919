import { type Ctx, choices, notFound } from '@orrery/core'
import {
  type BackfillProgress,
  type Fire,
  type FireQuery,
  fireOutcomes,
  type Id,
  type Page,
  type Schedule,
  type ScheduleQuery,
} from '@orrery/shared-types'
import * as backfills from './backfill.repository.ts'
import * as fires from './fire.repository.ts'
import * as schedules from './schedule.repository.ts'

export const scheduleNotFound = () => notFound('schedule')

export async function getSchedule(ctx: Ctx, id: Id<'schedule'>): Promise<Schedule> {
  const schedule = await schedules.find(ctx, id)
  if (!schedule) throw scheduleNotFound()
  return schedule
}

export const listSchedules = (ctx: Ctx, query: ScheduleQuery): Promise<Page<Schedule>> => schedules.list(ctx, query)

/** What became of each tick of a schedule, the latest first. */
export async function listFires(ctx: Ctx, id: Id<'schedule'>, query: FireQuery): Promise<Page<Fire>> {
  await getSchedule(ctx, id)
  return fires.list(ctx, id, query.outcome === undefined ? [] : choices(query.outcome, fireOutcomes, '/outcome'), query)
}

/** How much of the past is still to be made up for. */
export async function getBackfill(ctx: Ctx, id: Id<'schedule'>): Promise<BackfillProgress> {
  await getSchedule(ctx, id)
  return backfills.findProgress(ctx, id)
}
