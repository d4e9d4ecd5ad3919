import { ArtifactName, ArtifactPatterns, OneOf } from '@orrery/shared-types'
import { type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { durationMs, durationPattern, isDuration, longestWaitMs } from './duration.ts'

/** What one setting of an executor may be, as far as it can be told before the run: for editors, for the check, and in words. */
export type Setting = { schema: TSchema; fits: (value: unknown) => boolean; mustBe: string }

const setting = (schema: TSchema, mustBe: string, description: string, fits?: Setting['fits']): Setting => ({
  schema: { ...schema, description },
  fits: fits ?? ((value) => Value.Check(schema, value)),
  mustBe,
})
const text = (mustBe: string, description: string) => setting(Type.String({ minLength: 1 }), mustBe, description)
export const anything = (description: string): Setting => setting(Type.Unknown(), 'a value', description)

const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const Scalars = Type.Record(Type.String(), Scalar)
const Status = Type.Integer({ minimum: 100, maximum: 599 })

export const http: Record<string, Setting> = {
  url: setting(
    Type.String({ pattern: '^[Hh][Tt][Tt][Pp][Ss]?://' }),
    'an address, such as https://example.com/items',
    'Where to call',
    (value) => typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  ),
  method: setting(Type.String({ pattern: '^[A-Za-z]+$', examples: ['GET', 'POST'] }), 'a method, such as POST', 'Default: GET'),
  headers: setting(Scalars, 'an object of texts', 'What is said with the call. Not taken along by a redirect to another origin'),
  query: setting(Type.Record(Type.String(), Type.Unknown()), 'an object', 'Put behind the address'),
  body: anything('A text as it is, anything else as JSON'),
  expect: setting(
    Type.Union([Status, Type.Array(Status, { minItems: 1 })]),
    'a status, or a list of such, between 100 and 599',
    'What counts as success. Default: anything below 400',
  ),
  save: setting(ArtifactName, 'the name of a file, such as report.pdf', 'Keeps the body of the answer as an artifact of this name'),
}

export const node: Record<string, Setting> = {
  code: text('code', 'The body of a function of `input` that returns the output of the step'),
  input: anything('What the code finds as `input`'),
}

export const shell: Record<string, Setting> = {
  run: text('a command', 'What /bin/sh is given'),
  env: setting(Scalars, 'an object of texts', 'Variables of its environment'),
  input: anything('Given to the command on its standard input: a text as it is, anything else as JSON'),
  artifacts: setting(
    ArtifactPatterns,
    'a list of up to 50 patterns such as report/*.html, each within the folder of the step',
    'Files that are kept',
  ),
}

const Length = Type.Union([Type.String({ pattern: durationPattern }), Type.Number({ minimum: 0 })])
const isLength = (value: unknown): boolean => isDuration(value) && durationMs(value) <= longestWaitMs

export const wait: Record<string, Setting> = {
  duration: setting(Length, 'a duration of a year at most, such as 30s or 1h30m', 'How long', isLength),
  until: setting(
    Type.String(),
    'a time, such as 2026-01-31T09:00:00Z',
    'Until when',
    (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  ),
  signal: text('the name of a signal', 'For a signal of this name; its payload is the output'),
}

const word = (words: readonly string[], description: string): Setting =>
  setting(OneOf([...words]), words.join(' or '), description, (value) => words.some((each) => each === value))

export const approval: Record<string, Setting> = {
  title: setting(Type.String({ minLength: 1, maxLength: 200 }), 'a text of up to 200 characters', 'What is asked'),
  description: setting(Type.String({ maxLength: 5000 }), 'a text of up to 5000 characters', 'What whoever decides should know'),
  role: word(['operator', 'manager', 'owner'], 'The least role that may decide. Default: operator'),
  expires: setting(Length, 'a duration of a year at most, such as 1h or 2d', 'When it is decided by itself. Default: never', isLength),
  onExpire: word(['reject', 'approve'], 'What is decided then. Default: reject'),
}

export const workflow: Record<string, Setting> = {
  workflow: text('the slug of a workflow', 'A workflow of the same project, by its slug'),
  input: setting(Type.Record(Type.String(), Type.Unknown()), 'an object', 'The input of its run'),
}
