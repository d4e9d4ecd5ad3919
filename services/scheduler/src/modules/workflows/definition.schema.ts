import { type Static, Type } from '@sinclair/typebox'
import { durationPattern } from './duration.ts'

const Strict = { additionalProperties: false }
const Key = '^[A-Za-z][A-Za-z0-9_-]{0,63}$'
const Duration = Type.Unsafe<string | number>({
  anyOf: [
    { type: 'string', pattern: durationPattern },
    { type: 'integer', minimum: 0 },
  ],
  description: 'As 30s, 5m, 1h30m, or milliseconds',
})

export const InputDef = Type.Object(
  {
    type: Type.Optional(Type.Union(['string', 'number', 'integer', 'boolean', 'object', 'array'].map((word) => Type.Literal(word)))),
    required: Type.Optional(Type.Boolean()),
    default: Type.Optional(Type.Unknown()),
    description: Type.Optional(Type.String()),
    enum: Type.Optional(Type.Array(Type.Unknown(), { minItems: 1 })),
  },
  Strict,
)
export type InputDef = Static<typeof InputDef>

const Retry = Type.Object(
  {
    attempts: Type.Integer({ minimum: 1, maximum: 20 }),
    backoff: Type.Optional(
      Type.Union([Type.Literal('fixed'), Type.Literal('exponential')], { description: 'Default: exponential, twice as long each time' }),
    ),
    initial: Type.Optional(Duration),
    max: Type.Optional({ ...Duration, description: 'The longest wait. Default: 1m, or `initial` where that is longer' }),
    jitter: Type.Optional(
      Type.Boolean({
        description: 'Default: true. Waits anything from nothing to the whole time, so that retries do not come all at once',
      }),
    ),
    'non-retryable': Type.Optional(Type.Array(Type.String())),
  },
  Strict,
)

export const StepDef = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    uses: Type.String({ minLength: 1 }),
    with: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'What it is told' })),
    needs: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 200, uniqueItems: true })], {
        description: 'The steps that must be done before this one begins',
      }),
    ),
    if: Type.Optional(
      Type.Union([Type.String(), Type.Boolean()], { description: 'An expression; where it is false the step is left out' }),
    ),
    foreach: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.Unknown(), { maxItems: 1000 })], {
        description: 'A list, or an expression that gives one: the step is done once for each `item`',
      }),
    ),
    concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'How many items at a time. Default: all of them' })),
    retry: Type.Optional(Retry),
    timeout: Type.Optional({ ...Duration, description: 'How long an attempt may take: 30s, 5m, 1h30m' }),
    'continue-on-error': Type.Optional(Type.Boolean({ description: 'When it fails, what needs it goes on, and so does the run' })),
    unsafe: Type.Optional(
      Type.Boolean({
        description: 'Its effect must not happen twice: when its worker is lost, it is not repeated but lies with the dead letters',
      }),
    ),
  },
  Strict,
)
export type StepDef = Static<typeof StepDef>
const Steps = Type.Record(Type.String({ pattern: Key }), StepDef, { additionalProperties: false })

/** A workflow as its author writes it. */
export const Definition = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    description: Type.Optional(Type.String({ maxLength: 20_000 })),
    inputs: Type.Optional(Type.Record(Type.String({ pattern: Key }), InputDef, { additionalProperties: false })),
    /** How many runs with the same key may go on at a time; further ones wait. */
    concurrency: Type.Optional(
      Type.Object(
        { key: Type.String({ minLength: 1, maxLength: 500 }), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })) },
        Strict,
      ),
    ),
    priority: Type.Optional(
      Type.Integer({ minimum: -100, maximum: 100, description: 'Steps of a higher one go first within their project' }),
    ),
    timeout: Type.Optional(Duration),
    defaults: Type.Optional(
      Type.Object(
        { retry: Type.Optional(Retry), timeout: Type.Optional(Duration), 'continue-on-error': Type.Optional(Type.Boolean()) },
        { ...Strict, description: 'What a step that a worker does has where it says nothing itself' },
      ),
    ),
    steps: Type.Record(Type.String({ pattern: Key }), StepDef, { additionalProperties: false, minProperties: 1, maxProperties: 500 }),
    'on-failure': Type.Optional(Steps),
    finally: Type.Optional(Steps),
    outputs: Type.Optional(Type.Record(Type.String({ pattern: Key }), Type.Unknown(), { additionalProperties: false })),
  },
  Strict,
)
export type Definition = Static<typeof Definition>
