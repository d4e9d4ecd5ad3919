import { type Static, Type } from '@sinclair/typebox'
import { Input, Nullable, OneOf, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'

/** Names one attempt at one step. Whoever writes with a spent attempt is refused. */
export const AttemptRef = Input({ stepId: IdOf('step'), attempt: Type.Integer({ minimum: 1 }) })
export type AttemptRef = Static<typeof AttemptRef>

/** An hour: whoever asks for more is asked again by then. */
export const longestRetryAfterMs = 3_600_000

/** Of longer texts the rest is cut, in characters. */
export const longestCode = 100
export const longestMessage = 20_000
export const longestLine = 16_384
/** The bytes that the output of a step may have as JSON. */
export const longestOutput = 1024 * 1024

export const AttemptResult = Input({
  stepId: IdOf('step'),
  attempt: Type.Integer({ minimum: 1 }),
  output: Type.Optional(Type.Unknown()),
  error: Type.Optional(
    Input({
      code: Type.String({ maxLength: longestCode }),
      message: Type.String({ maxLength: longestMessage }),
      retryable: Type.Boolean(),
      retryAfterMs: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: longestRetryAfterMs,
          description: 'The next attempt, if there is one, begins no sooner: what the other side asked for',
        }),
      ),
    }),
  ),
  startedAt: Type.Optional(Timestamp),
  endedAt: Type.Optional(Timestamp),
})
export type AttemptResult = Static<typeof AttemptResult>

export const LogBatch = Input({
  stepId: IdOf('step'),
  attempt: Type.Integer({ minimum: 1 }),
  lines: Type.Array(
    Input({ at: Timestamp, stream: OneOf(['stdout', 'stderr', 'system']), text: Type.String({ maxLength: longestLine }) }),
    {
      maxItems: 1000,
    },
  ),
})
export type LogBatch = Static<typeof LogBatch>

/** The one call of a worker: results up, work down. `waitMs` lets the answer wait for work. */
export const Exchange = Input({
  worker: IdOf('worker'),
  results: Type.Array(AttemptResult, { maxItems: 2000 }),
  heartbeats: Type.Array(AttemptRef, { maxItems: 2000 }),
  logs: Type.Array(LogBatch, { maxItems: 2000 }),
  room: Type.Record(Type.String(), Type.Integer({ minimum: 0, maximum: 1000 })),
  waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 30_000 })),
})
export type Exchange = Static<typeof Exchange>

export const LeasedStep = Type.Object({
  stepId: IdOf('step'),
  runId: IdOf('run'),
  projectId: IdOf('project'),
  key: Type.String(),
  itemIndex: Nullable(Type.Integer()),
  uses: Type.String(),
  attempt: Type.Integer(),
  input: Type.Unknown(),
  timeoutMs: Type.Integer(),
  leaseMs: Type.Integer(),
})
export type LeasedStep = Static<typeof LeasedStep>

export const ExchangeAnswer = Type.Object({ steps: Type.Array(LeasedStep), cancels: Type.Array(AttemptRef) })
export type ExchangeAnswer = Static<typeof ExchangeAnswer>
