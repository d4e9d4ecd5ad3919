import { type Static, Type } from '@sinclair/typebox'
import { Input, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'

/** When: exactly one of `cron`, `everyMs`, `at`. */
const when = {
  cron: Type.Optional(
    Type.String({ minLength: 1, maxLength: 120, description: 'Five or six fields (seconds first), or @daily and its like' }),
  ),
  everyMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 366 * 86_400_000 })),
  at: Type.Optional(Timestamp),
}
const timezone = Type.String({ minLength: 1, maxLength: 60, description: 'IANA name, as Europe/Berlin' })

export const Schedule = Type.Object({
  id: IdOf('schedule'),
  projectId: IdOf('project'),
  workflowId: IdOf('workflow'),
  workflowName: Type.String(),
  workflowSlug: Type.String(),
  cron: Nullable(Type.String()),
  everyMs: Nullable(Type.Integer()),
  at: Nullable(Timestamp),
  timezone: Type.String(),
  input: Type.Record(Type.String(), Type.Unknown()),
  status: OneOf(['active', 'paused', 'ended']),
  nextFireAt: Nullable(Timestamp),
  lastFireAt: Nullable(Timestamp),
  lastRunId: Nullable(IdOf('run')),
  lastLateMs: Nullable(Type.Integer({ description: 'How late the last fire was committed' })),
  version: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Schedule = Static<typeof Schedule>
export const SchedulePage = PageOf(Schedule)

export const CreateSchedule = Input({
  projectId: IdOf('project'),
  workflowId: IdOf('workflow'),
  ...when,
  timezone: Type.Optional(timezone),
  input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type CreateSchedule = Static<typeof CreateSchedule>
export const UpdateSchedule = Input({
  ...when,
  timezone: Type.Optional(timezone),
  input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type UpdateSchedule = Static<typeof UpdateSchedule>
export const ScheduleQuery = Input({
  ...pageQuery,
  projectId: Type.Optional(IdOf('project')),
  workflowId: Type.Optional(IdOf('workflow')),
  status: Type.Optional(Type.String()),
})
export type ScheduleQuery = Static<typeof ScheduleQuery>

export const PreviewSchedule = Input({
  ...when,
  timezone: Type.Optional(timezone),
  from: Type.Optional(Timestamp),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
})
export type PreviewSchedule = Static<typeof PreviewSchedule>
export const SchedulePreview = Type.Object({
  fires: Type.Array(Type.Object({ at: Timestamp, localTime: Type.String(), note: Type.Optional(Type.String()) })),
})
export type SchedulePreview = Static<typeof SchedulePreview>
