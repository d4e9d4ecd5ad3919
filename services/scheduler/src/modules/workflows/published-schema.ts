import type { TSchema } from '@sinclair/typebox'
import { Definition, StepDef } from './definition.schema.ts'
import { type Executor, executors, handlerPattern } from './executors.ts'

const expression = { type: 'string', pattern: '\\$\\{\\{', description: 'An expression in ${{ … }}' }

/** The shape of a setting, or an expression that gives it in its place or in one of its members. */
function orExpression(schema: TSchema): object {
  const { type, items, anyOf, description, ...rest } = schema as TSchema & { items?: TSchema; anyOf?: TSchema[] }
  if (type === undefined && !anyOf) return schema
  if (anyOf) return { description, anyOf: [...anyOf.map(orExpression), expression] }
  const own = { ...rest, ...(type !== undefined && { type }), ...(items && { items: orExpression(items) }) }
  return { description, anyOf: [own, expression] }
}

function withOf({ settings, required, oneOf }: Executor): object {
  const properties = Object.fromEntries(Object.entries(settings).map(([key, { schema }]) => [key, orExpression(schema)]))
  return {
    type: 'object',
    properties,
    required,
    additionalProperties: false,
    ...(oneOf && { oneOf: oneOf.map((key) => ({ required: [key] })) }),
  }
}

function where(uses: object, holds: object): object {
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so
  return { if: { properties: { uses }, required: ['uses'] }, then: holds }
}

/** What a step may say in `with`, by what it uses. */
const byExecutor = Object.entries(executors).map(([name, executor]) => where({ const: name }, { properties: { with: withOf(executor) } }))
const needWith = Object.entries(executors).filter(([, { required, oneOf }]) => required.length > 0 || oneOf)

const uses = {
  description: 'What does the step',
  anyOf: [
    ...Object.entries(executors).map(([name, { description }]) => ({ const: name, description })),
    { type: 'string', pattern: handlerPattern.source, description: 'queue:<name>, a handler in a worker of your own' },
  ],
}

const step = {
  ...StepDef,
  properties: { ...StepDef.properties, uses },
  allOf: [...byExecutor, where({ enum: needWith.map(([name]) => name) }, { required: ['with'] })],
}

const ofSteps = (block: TSchema): object => ({
  ...block,
  patternProperties: Object.fromEntries(
    Object.keys(block['patternProperties'] as object).map((pattern) => [pattern, { $ref: '#/definitions/step' }]),
  ),
})

/** For editors: the shape of a definition, with what each executor may be told. What goes beyond a shape, as names of steps, it cannot say. */
export const publishedSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'urn:orrery:workflow:1',
  title: 'Orrery workflow',
  ...Definition,
  definitions: { step },
  properties: {
    ...Definition.properties,
    steps: ofSteps(Definition.properties.steps),
    'on-failure': ofSteps(Definition.properties['on-failure']),
    finally: ofSteps(Definition.properties.finally),
  },
}
