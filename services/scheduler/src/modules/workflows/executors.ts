import { ArtifactName, ArtifactPatterns } from '@orrery/shared-types'
import { Value } from '@sinclair/typebox/value'
import { durationMs, isDuration, longestWaitMs } from './duration.ts'

/** What a step can use: where it runs, and what its `with` may and must say. */
export type Executor = {
  /** The queue of workers that may take it; null when the engine does it by itself. */
  pool: string | null
  required: readonly string[]
  optional: readonly string[]
  /** Settings of which exactly one must be given. */
  oneOf?: readonly string[]
  /** `with` may say anything: its handler reads it. */
  open?: boolean
  /** What a setting must be, as far as it can be told before the run, and how that is said. */
  shapes?: Readonly<Record<string, { fits: (value: unknown) => boolean; mustBe: string }>>
  /** 0 for none. */
  defaultTimeoutMs: number
}

const minute = 60_000
/** The roles of whom a step may ask. */
const deciding: readonly unknown[] = ['operator', 'manager', 'owner']
const handlerPattern = /^queue:[a-z0-9][a-z0-9-]{0,62}$/

/** What a step can use by this word; `queue:<name>` stands for a handler in a worker of the project's own. */
export function executorOf(uses: string): Executor | undefined {
  if (handlerPattern.test(uses)) return { pool: uses, required: [], optional: [], open: true, defaultTimeoutMs: 10 * minute }
  return Object.hasOwn(executors, uses) ? executors[uses] : undefined
}

export const executors: Record<string, Executor> = {
  noop: { pool: 'default', required: [], optional: ['output'], defaultTimeoutMs: minute },
  http: {
    pool: 'default',
    required: ['url'],
    optional: ['method', 'headers', 'body', 'query', 'expect', 'save'],
    shapes: { save: { fits: (value) => Value.Check(ArtifactName, value), mustBe: 'the name of a file, such as report.pdf' } },
    defaultTimeoutMs: minute,
  },
  node: { pool: 'code', required: ['code'], optional: ['input'], defaultTimeoutMs: 10_000 },
  shell: {
    pool: 'code',
    required: ['run'],
    optional: ['env', 'input', 'artifacts'],
    shapes: {
      artifacts: {
        fits: (value) => Value.Check(ArtifactPatterns, value),
        mustBe: 'a list of up to 50 patterns such as report/*.html, each within the folder of the step',
      },
    },
    defaultTimeoutMs: 10 * minute,
  },
  // for a time, until a time, or for a signal; no worker is held meanwhile
  wait: {
    pool: null,
    required: [],
    optional: ['duration', 'until', 'signal'],
    oneOf: ['duration', 'until', 'signal'],
    shapes: {
      duration: {
        fits: (value) => isDuration(value) && durationMs(value) <= longestWaitMs,
        mustBe: 'a duration of a year at most, such as 30s or 1h30m',
      },
      until: { fits: (value) => !Number.isNaN(Date.parse(String(value))), mustBe: 'a time, such as 2026-01-31T09:00:00Z' },
      signal: { fits: (value) => typeof value === 'string' && value !== '', mustBe: 'the name of a signal' },
    },
    defaultTimeoutMs: 0,
  },
  // asks people; no worker is held meanwhile
  approval: {
    pool: null,
    required: ['title'],
    optional: ['description', 'role', 'expires', 'onExpire'],
    shapes: {
      title: {
        fits: (value) => typeof value === 'string' && value !== '' && value.length <= 200,
        mustBe: 'a text of up to 200 characters',
      },
      description: { fits: (value) => typeof value === 'string' && value.length <= 5000, mustBe: 'a text of up to 5000 characters' },
      role: { fits: (value) => deciding.includes(value), mustBe: deciding.join(' or ') },
      expires: {
        fits: (value) => isDuration(value) && durationMs(value) <= longestWaitMs,
        mustBe: 'a duration of a year at most, such as 1h or 2d',
      },
      onExpire: { fits: (value) => value === 'reject' || value === 'approve', mustBe: 'reject or approve' },
    },
    defaultTimeoutMs: 0,
  },
  // runs a workflow of the same project as a child; no worker is held meanwhile. How long that may take, it says itself
  workflow: { pool: null, required: ['workflow'], optional: ['input'], defaultTimeoutMs: 0 },
}
