import { type Static, Type } from '@sinclair/typebox'
import { Input, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'

/** When: exactly one of `cron`, `everyMs`, `at`. */
const when = {
  cron: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 120,
      description:
        'Five or six fields (seconds first), or @daily and its like. Names, L and # are understood; H stands for a value that each schedule has of its own',
    }),
  ),
  everyMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 366 * 86_400_000 })),
  at: Type.Optional(Timestamp),
}
const timezone = Type.String({ minLength: 1, maxLength: 60, description: 'IANA name, as Europe/Berlin' })

/** What happens at a tick while a run of an earlier one is still going. `queue` lets one wait. */
export const overlaps = ['allow', 'skip', 'queue', 'cancel_previous'] as const
export const Overlap = OneOf(overlaps)
export type Overlap = Static<typeof Overlap>
/** Which of the ticks that nobody could answer in time are made up for, as far back as the window reaches. */
export const catchUps = ['none', 'last', 'all'] as const
export const CatchUp = OneOf(catchUps)
export type CatchUp = Static<typeof CatchUp>
/** How far back missed ticks are made up for where nothing is said: past a weekend on which nobody looked. */
export const defaultCatchUpWindowMs = 3 * 86_400_000
export const longestCatchUpWindowMs = 31 * 86_400_000

const policy = {
  startAt: Type.Optional(Nullable(Timestamp)),
  endAt: Type.Optional(Nullable(Timestamp)),
  jitterMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'Each fire comes up to so much later; the same on every scheduler' }),
  ),
  overlap: Type.Optional(Overlap),
  catchUp: Type.Optional(CatchUp),
  catchUpWindowMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: longestCatchUpWindowMs, description: 'How far back missed ticks are made up for; three days' }),
  ),
}

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
  startAt: Nullable(Timestamp),
  endAt: Nullable(Timestamp),
  jitterMs: Type.Integer(),
  overlap: Overlap,
  catchUp: CatchUp,
  catchUpWindowMs: Type.Integer(),
  input: Type.Record(Type.String(), Type.Unknown()),
  status: OneOf(['active', 'paused', 'ended']),
  pausedReason: Nullable(Type.String({ description: 'Why it paused itself; null where somebody did, and where it is not paused' })),
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
  ...policy,
  input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type CreateSchedule = Static<typeof CreateSchedule>
export const UpdateSchedule = Input({
  ...when,
  timezone: Type.Optional(timezone),
  ...policy,
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
  startAt: Type.Optional(Nullable(Timestamp)),
  endAt: Type.Optional(Nullable(Timestamp)),
  scheduleId: Type.Optional(IdOf('schedule')),
  from: Type.Optional(Timestamp),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
})
export type PreviewSchedule = Static<typeof PreviewSchedule>
export const SchedulePreview = Type.Object({
  fires: Type.Array(Type.Object({ at: Timestamp, localTime: Type.String(), note: Type.Optional(Type.String()) })),
})
export type SchedulePreview = Static<typeof SchedulePreview>

/** `waiting`: will start a run once an earlier one has ended. `skipped` and `missed` say why in `reason`. */
export const fireOutcomes = ['fired', 'waiting', 'skipped', 'missed'] as const
export const FireOutcome = OneOf(fireOutcomes)
export type FireOutcome = Static<typeof FireOutcome>
export const fireReasons = [
  'previous_running',
  'queue_full',
  'catch_up_off',
  'superseded',
  'too_late',
  'workflow_unavailable',
  'workflow_paused',
  'input_invalid',
  'schedule_changed',
  'backfill_stopped',
  'schedule_unreadable',
] as const
export const FireReason = OneOf(fireReasons)
export type FireReason = Static<typeof FireReason>

/** What became of one tick. A row of missed ticks with `until` stands for all up to that time that have no row of their own. */
export const Fire = Type.Object({
  scheduleId: IdOf('schedule'),
  fireAt: Timestamp,
  until: Nullable(Timestamp),
  outcome: FireOutcome,
  reason: Nullable(FireReason),
  lateMs: Nullable(Type.Integer({ description: 'How long after it was due it was answered, up to 2147483647: 24 days' })),
  answeredAt: Timestamp,
  backfill: Type.Boolean(),
  runId: Nullable(IdOf('run')),
})
export type Fire = Static<typeof Fire>
export const FirePage = PageOf(Fire)
const { q: _q, ...unsearched } = pageQuery
export const FireQuery = Input({ ...unsearched, outcome: Type.Optional(Type.String({ description: 'One or several, with commas' })) })
export type FireQuery = Static<typeof FireQuery>

const fireRange = {
  projectId: IdOf('project'),
  from: Timestamp,
  to: { ...Timestamp, description: 'Not included; at most eight days after from' },
}
/** The ticks of all schedules of a project within a range. */
export const FireRangeQuery = Input({ ...FireQuery.properties, ...fireRange, scheduleId: Type.Optional(IdOf('schedule')) })
export type FireRangeQuery = Static<typeof FireRangeQuery>
export const FireSummaryQuery = Input({
  ...fireRange,
  bySchedule: Type.Optional(Type.Boolean({ description: 'Count each schedule by itself' })),
})
export type FireSummaryQuery = Static<typeof FireSummaryQuery>

/** A fire that was committed later than this after it was due counts as late. */
export const lateFromMs = 1000
/** What became of the ticks of an hour. Hours are counted from the beginning of the range. */
export const FireHour = Type.Object({
  at: Timestamp,
  scheduleId: Nullable(IdOf('schedule')),
  fired: Type.Integer(),
  waiting: Type.Integer(),
  skipped: Type.Integer(),
  missed: Type.Integer({ description: 'Rows of the ledger: one may stand for several ticks' }),
  late: Type.Integer({ description: 'Of those that fired, the ones that came more than a second late' }),
  maxLateMs: Nullable(Type.Integer()),
})
export type FireHour = Static<typeof FireHour>
export const FireSummary = Type.Object({
  from: Timestamp,
  to: Timestamp,
  hours: Type.Array(FireHour),
  truncated: Type.Boolean({ description: 'There was more to count than one answer holds' }),
  missed: Nullable(
    Type.Object({
      first: Timestamp,
      last: Timestamp,
      atLeast: Type.Boolean({ description: 'Rows that stand for several ticks are among them' }),
      reasons: Type.Array(FireReason),
    }),
  ),
})
export type FireSummary = Static<typeof FireSummary>

export const BackfillSchedule = Input({
  from: { ...Timestamp, description: 'At most 90 days ago: so far back it is known what fired' },
  to: Timestamp,
  dryRun: Type.Optional(Type.Boolean()),
})
export type BackfillSchedule = Static<typeof BackfillSchedule>
/** `count` runs will be started, a few at a time; `alreadyFired` ticks of the range have theirs. */
export const Backfill = Type.Object({
  count: Type.Integer(),
  first: Nullable(Timestamp),
  last: Nullable(Timestamp),
  alreadyFired: Type.Integer(),
  dryRun: Type.Boolean(),
})
export type Backfill = Static<typeof Backfill>
/** Ticks of the past that will start runs: a few at a time, and none while the schedule or its workflow is paused. */
export const BackfillProgress = Type.Object({ waiting: Type.Integer(), first: Nullable(Timestamp), last: Nullable(Timestamp) })
export type BackfillProgress = Static<typeof BackfillProgress>
/** So many ticks waited and are skipped. */
export const StoppedBackfill = Type.Object({ count: Type.Integer() })
export type StoppedBackfill = Static<typeof StoppedBackfill>

export const ForecastQuery = Input({
  projectId: IdOf('project'),
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
})
export type ForecastQuery = Static<typeof ForecastQuery>
/** What will fire, minute by minute. `until` is how far it was looked: less than asked for where too much will fire. */
export const Forecast = Type.Object({
  from: Timestamp,
  until: Timestamp,
  truncated: Type.Boolean(),
  fires: Type.Integer(),
  minutes: Type.Array(
    Type.Object({
      at: Timestamp,
      fires: Type.Integer(),
      scheduleIds: Type.Array(IdOf('schedule')),
      counts: Type.Array(Type.Integer(), { description: 'How many of the fires are of each of these schedules' }),
    }),
  ),
})
export type Forecast = Static<typeof Forecast>
