import { type Static, Type } from '@sinclair/typebox'
import { Input, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'
import { Outcome, Status } from './status.ts'
import { Slug, WorkflowGraph } from './workflows.ts'

export const RunError = Type.Object({ code: Type.String(), message: Type.String(), stepKey: Nullable(Type.String()) })
export type RunError = Static<typeof RunError>
export const StepError = Type.Object({ code: Type.String(), message: Type.String() })
export type StepError = Static<typeof StepError>

export const Step = Type.Object({
  id: IdOf('step'),
  key: Type.String(),
  itemIndex: Nullable(Type.Integer({ description: 'Place in the list of a foreach step; null for the step itself' })),
  uses: Type.String(),
  status: Status,
  skipped: Type.Boolean({ description: 'True when it was passed over: its condition was false or what it needs did not succeed' }),
  attempt: Type.Integer({ description: '0 until it was first started' }),
  queuedAt: Nullable(Timestamp),
  startedAt: Nullable(Timestamp),
  endedAt: Nullable(Timestamp),
  input: Type.Unknown(),
  output: Type.Unknown(),
  error: Nullable(StepError),
  childRunId: Nullable({ ...IdOf('run'), description: 'The run that its last attempt began, where it uses workflow' }),
})
export type Step = Static<typeof Step>

export const RunTrigger = OneOf(['manual', 'schedule', 'webhook', 'workflow', 'retry', 'replay', 'fork'])
export type RunTrigger = Static<typeof RunTrigger>

export const RunSummary = Type.Object({
  id: IdOf('run'),
  projectId: IdOf('project'),
  workflowId: IdOf('workflow'),
  workflowSlug: Type.String(),
  workflowName: Type.String(),
  workflowVersion: Type.Integer(),
  taskId: Nullable(IdOf('task')),
  scheduleId: Nullable(IdOf('schedule')),
  parentRunId: Nullable(IdOf('run')),
  originRunId: Nullable(IdOf('run')),
  trigger: RunTrigger,
  status: Status,
  blockedReason: Nullable(Type.String()),
  outcome: Nullable(Outcome),
  error: Nullable(RunError),
  createdAt: Timestamp,
  startedAt: Nullable(Timestamp),
  endedAt: Nullable(Timestamp),
  durationMs: Nullable(Type.Integer()),
  costUsd: Nullable(Type.Number({ description: 'null while no cost was reported' })),
})
export type RunSummary = Static<typeof RunSummary>
export const RunPage = PageOf(RunSummary)

export const Run = Type.Composite([
  RunSummary,
  Type.Object({ input: Type.Unknown(), output: Type.Unknown(), steps: Type.Array(Step), graph: Type.Optional(WorkflowGraph) }),
])
export type Run = Static<typeof Run>

export const CreateRun = Input({
  workflowId: Type.Optional(IdOf('workflow')),
  workflowSlug: Type.Optional(Slug),
  projectId: Type.Optional(IdOf('project')),
  input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type CreateRun = Static<typeof CreateRun>

export const RunQuery = Input({
  ...pageQuery,
  projectId: Type.Optional(IdOf('project')),
  workflowId: Type.Optional(IdOf('workflow')),
  scheduleId: Type.Optional(IdOf('schedule')),
  parentRunId: Type.Optional({ ...IdOf('run'), description: 'Runs that the steps of this one began' }),
  status: Type.Optional(Type.String({ description: 'One or several, with commas' })),
})
export type RunQuery = Static<typeof RunQuery>

export const LogStream = OneOf(['stdout', 'stderr', 'system'])
export type LogStream = Static<typeof LogStream>
export const LogLine = Type.Object({
  cursor: Type.String(),
  stepId: IdOf('step'),
  stepKey: Type.String(),
  itemIndex: Nullable(Type.Integer()),
  attempt: Type.Integer(),
  at: Timestamp,
  stream: LogStream,
  text: Type.String(),
})
export type LogLine = Static<typeof LogLine>
const logFilter = {
  stepId: Type.Optional(IdOf('step')),
  step: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'The key of a step, with all of its items' })),
  itemIndex: Type.Optional(Type.Integer({ minimum: 0, description: 'Place in the list of a foreach step' })),
  attempt: Type.Optional(Type.Integer({ minimum: 1 })),
  stream: Type.Optional(LogStream),
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Text that a line holds, in capitals or not' })),
}
export const LogFilter = Input(logFilter)
export type LogFilter = Static<typeof LogFilter>
export const LogQuery = Input({
  ...logFilter,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000, default: 500 })),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: 'Lines after this one' })),
  before: Type.Optional(Type.String({ maxLength: 100, description: 'Lines before this one; `end` for the last ones' })),
  count: Type.Optional(Type.Boolean()),
})
export type LogQuery = Static<typeof LogQuery>
/** `nextCursor` is never null here: ask again with it for the lines that come later. `prevCursor`, given as `before`, leads back. */
export const LogPage = Type.Object({
  items: Type.Array(LogLine),
  nextCursor: Type.String(),
  prevCursor: Nullable(Type.String()),
  total: Type.Optional(Type.Integer({ description: 'How many lines fit, counted up to 100,000' })),
})
export type LogPage = Static<typeof LogPage>

export const ReplayRun = Input({ input: Type.Optional(Type.Record(Type.String(), Type.Unknown())) })
export type ReplayRun = Static<typeof ReplayRun>
export const ForkRun = Input({
  fromStep: Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'The first step that runs again; what does not come after it keeps its result',
  }),
  input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type ForkRun = Static<typeof ForkRun>
export const SignalRun = Input({ payload: Type.Optional(Type.Unknown()) })
export const Signaled = Type.Object({ accepted: Type.Boolean() })

const Reason = Type.Object({
  sentence: Type.String(),
  action: Nullable(Type.String()),
  since: Nullable(Timestamp),
  stepKey: Nullable(Type.String()),
})
/** Why a run doesn't move: one sentence and the one action that would free it, then all reasons. */
export const WhyRun = Type.Object({ status: Status, sentence: Type.String(), action: Nullable(Type.String()), reasons: Type.Array(Reason) })
export type WhyRun = Static<typeof WhyRun>

/** One stretch of time of a step: in the queue, at a worker, waiting, or from an attempt that failed to the next. `endedAt` is null while it lasts. */
export const TimelineSegment = Type.Object({
  stepId: IdOf('step'),
  key: Type.String(),
  itemIndex: Nullable(Type.Integer()),
  kind: OneOf(['queue', 'attempt', 'backoff', 'wait']),
  attempt: Type.Integer(),
  startedAt: Timestamp,
  endedAt: Nullable(Timestamp),
  error: Nullable(StepError),
  childRunId: Nullable(IdOf('run')),
})
export const RunTimeline = Type.Object({ items: Type.Array(TimelineSegment) })
export type RunTimeline = Static<typeof RunTimeline>

const ComparedStep = Type.Object({
  status: Status,
  skipped: Type.Boolean(),
  output: Type.Unknown(),
  durationMs: Nullable(Type.Integer()),
  attempt: Type.Integer(),
})
const Both = Type.Object({ left: Nullable(Type.Number()), right: Nullable(Type.Number()) })
export const RunComparison = Type.Object({
  left: IdOf('run'),
  right: IdOf('run'),
  sameVersion: Type.Boolean(),
  sameInput: Type.Boolean(),
  sameOutput: Type.Boolean(),
  durationMs: Both,
  costUsd: Both,
  steps: Type.Array(
    Type.Object({
      key: Type.String(),
      left: Nullable(ComparedStep),
      right: Nullable(ComparedStep),
      sameStatus: Type.Boolean(),
      sameOutput: Type.Boolean(),
    }),
  ),
})
export type RunComparison = Static<typeof RunComparison>
export const CompareRuns = Input({ with: IdOf('run') })
