import { anything, approval, http, node, type Setting, shell, wait, workflow } from './settings.ts'

/** What a step can use: where it runs, and what its `with` may and must say. */
export type Executor = {
  /** The queue of workers that may take it; null when the engine does it by itself. */
  pool: string | null
  settings: Readonly<Record<string, Setting>>
  required: readonly string[]
  /** Settings of which exactly one must be given. */
  oneOf?: readonly string[]
  /** `with` may say anything: its handler reads it. */
  open?: boolean
  description: string
  /** 0 for none. */
  defaultTimeoutMs: number
}

const minute = 60_000
export const handlerPattern = /^queue:[a-z0-9][a-z0-9-]{0,62}$/
const handler = { settings: {}, required: [], open: true, description: 'A worker of your own', defaultTimeoutMs: 10 * minute }

/** What a step can use by this word; `queue:<name>` stands for a handler in a worker of the project's own. */
export function executorOf(uses: string): Executor | undefined {
  if (handlerPattern.test(uses)) return { ...handler, pool: uses }
  return Object.hasOwn(executors, uses) ? executors[uses] : undefined
}

export const executors: Record<string, Executor> = {
  noop: {
    pool: 'default',
    settings: { output: anything('What the step puts out') },
    required: [],
    description: 'Puts out what it is given',
    defaultTimeoutMs: minute,
  },
  http: { pool: 'default', settings: http, required: ['url'], description: 'Calls an address', defaultTimeoutMs: minute },
  node: { pool: 'code', settings: node, required: ['code'], description: 'A pure function in JavaScript', defaultTimeoutMs: 10_000 },
  shell: { pool: 'code', settings: shell, required: ['run'], description: 'A command', defaultTimeoutMs: 10 * minute },
  wait: {
    pool: null,
    settings: wait,
    required: [],
    oneOf: ['duration', 'until', 'signal'],
    description: 'Waits for a time, until a time, or for a signal. No worker is held meanwhile',
    defaultTimeoutMs: 0,
  },
  approval: {
    pool: null,
    settings: approval,
    required: ['title'],
    description: 'Asks somebody to approve or reject. No worker is held meanwhile',
    defaultTimeoutMs: 0,
  },
  workflow: {
    pool: null,
    settings: workflow,
    required: ['workflow'],
    description: 'Runs a workflow of the same project and waits for it. No worker is held meanwhile',
    // how long it may take, its own definition says
    defaultTimeoutMs: 0,
  },
}
