import { type Static, Type } from '@sinclair/typebox'
import { Input, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { Exchange } from './exchange.ts'
import { IdOf } from './ids.ts'

/** Queues of the installation's own workers, and `queue:<name>` for handlers in workers of a project's own. */
export const builtInQueues = ['default', 'code'] as const
export const QueueName = Type.String({ maxLength: 80, pattern: '^(default|code|queue:[a-z0-9][a-z0-9-]{0,62})$' })
/** In the place of a queue's name: all queues of a project together. */
export const anyQueue = '*'

const count = (description: string) => Type.Integer({ minimum: 0, description })

/** How a queue of steps stands. Within a project everything is counted there; without one, over the installation. */
export const Queue = Type.Object({
  name: Type.String(),
  projectId: Nullable(IdOf('project')),
  ready: count('Steps that a worker may take now'),
  scheduled: count('Steps that failed and wait for their next attempt'),
  running: count('Steps that a worker has'),
  oldestReadyAt: Nullable(Timestamp),
  oldestAgeMs: Nullable(Type.Integer({ description: 'How long the oldest ready step waits' })),
  workers: count('Workers heard of within the last 45 s that take from it'),
  lastSeenAt: Nullable({ ...Timestamp, description: 'When any worker last asked for its work' }),
  deadLetters: count('Steps given up that nobody has redriven or dismissed'),
  pausedAt: Nullable(Timestamp),
  limit: Nullable(Type.Integer({ description: 'The most steps of it that may run at a time; null for no limit' })),
})
export type Queue = Static<typeof Queue>

/** A queue of BullMQ. Its jobs only ring: an empty one has lost nothing. */
export const BellQueue = Type.Object({
  name: Type.String(),
  waiting: Type.Integer(),
  active: Type.Integer(),
  delayed: Type.Integer(),
  failed: Type.Integer(),
  oldestAgeMs: Nullable(Type.Integer()),
})
export type BellQueue = Static<typeof BellQueue>

export const QueueList = Type.Object({
  items: Type.Array(Queue),
  project: Nullable(
    Type.Object(
      { running: Type.Integer(), limit: Nullable(Type.Integer()), pausedAt: Nullable(Timestamp) },
      { description: 'All queues of the project together' },
    ),
  ),
  bells: Type.Array(BellQueue, { description: 'For administrators, without a project' }),
})
export type QueueList = Static<typeof QueueList>

export const QueueQuery = Input({ projectId: Type.Optional(IdOf('project')) })
export type QueueQuery = Static<typeof QueueQuery>
export const NamedQueue = Input({ name: Type.Union([QueueName, Type.Literal(anyQueue)]) })
export const SetQueue = Input({
  projectId: Type.Optional(IdOf('project')),
  paused: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 100_000 }))),
})
export type SetQueue = Static<typeof SetQueue>
export const QueueSetting = Type.Object({
  name: Type.String(),
  projectId: Nullable(IdOf('project')),
  pausedAt: Nullable(Timestamp),
  limit: Nullable(Type.Integer()),
})
export type QueueSetting = Static<typeof QueueSetting>
export const InProject = Input({ projectId: IdOf('project') })
export const Drained = Type.Object({ drained: Type.Integer(), left: Type.Boolean({ description: 'There were more than one call drains' }) })
export type Drained = Static<typeof Drained>

/** Why a step was given up: three workers were lost over it, or one while it is unsafe to repeat; it was drained from its queue, or its result could not be kept. */
export const DeadLetterCode = OneOf(['worker_lost', 'interrupted', 'drained', 'result_refused'])
export const DeadLetter = Type.Object({
  id: IdOf('step'),
  runId: IdOf('run'),
  projectId: IdOf('project'),
  workflowId: IdOf('workflow'),
  workflowName: Type.String(),
  stepKey: Type.String(),
  itemIndex: Nullable(Type.Integer()),
  queue: Type.String(),
  code: DeadLetterCode,
  message: Type.String(),
  attempt: Type.Integer(),
  at: Timestamp,
  lastLines: Type.Array(Type.String(), { description: 'The last lines of its log, at most 20' }),
  redrivenAt: Nullable(Timestamp),
  redrivenRunId: Nullable(IdOf('run')),
  dismissedAt: Nullable(Timestamp),
})
export type DeadLetter = Static<typeof DeadLetter>
export const DeadLetterPage = PageOf(DeadLetter)
export const DeadLetterQuery = Input({
  limit: pageQuery.limit,
  cursor: pageQuery.cursor,
  projectId: Type.Optional(IdOf('project')),
  queue: Type.Optional(QueueName),
  state: Type.Optional(OneOf(['open', 'redriven', 'dismissed'])),
})
export type DeadLetterQuery = Static<typeof DeadLetterQuery>
export const RedriveDeadLetters = Input({ projectId: IdOf('project'), queue: Type.Optional(QueueName) })
export type RedriveDeadLetters = Static<typeof RedriveDeadLetters>
export const Redriven = Type.Object({
  runs: Type.Array(IdOf('run')),
  left: Type.Integer({
    description: 'Steps of runs that have not ended yet or can not be started again, and what was more than one call redrives',
  }),
})
export type Redriven = Static<typeof Redriven>

/** The call of a project's own worker. `room` names queues without their prefix: `{ "gpu": 2 }` asks for `queue:gpu`. */
export const ProjectExchange = Input({
  ...Exchange.properties,
  projectId: IdOf('project'),
  room: Type.Record(Type.String({ pattern: '^(queue:)?[a-z0-9][a-z0-9-]{0,62}$' }), Type.Integer({ minimum: 0, maximum: 1000 }), {
    additionalProperties: false,
    maxProperties: 50,
    description: 'How many steps the worker can take now, by queue: { "gpu": 2 } asks for steps that use queue:gpu',
  }),
})
export type ProjectExchange = Static<typeof ProjectExchange>
