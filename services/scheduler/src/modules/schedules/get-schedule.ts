import { type Ctx, notFound } from '@orrery/core'
import type { Id, Page, Schedule, ScheduleQuery } from '@orrery/shared-types'
import * as schedules from './schedule.repository.ts'

export const scheduleNotFound = () => notFound('schedule')

export async function getSchedule(ctx: Ctx, id: Id<'schedule'>): Promise<Schedule> {
  const schedule = await schedules.find(ctx, id)
  if (!schedule) throw scheduleNotFound()
  return schedule
}

export const listSchedules = (ctx: Ctx, query: ScheduleQuery): Promise<Page<Schedule>> => schedules.list(ctx, query)
