import type { DefinitionError, DefinitionSource, WorkflowGraph } from '@orrery/shared-types'
import type { Json } from './cel-values.ts'
import { checkReads } from './check-reads.ts'
import { compileConcurrency, compileCondition, compileForeach, compileOutputs, sayOf } from './compile-expressions.ts'
import type { Definition, InputDef, StepDef } from './definition.schema.ts'
import { readDefinition } from './definition.ts'
import { durationMs, longestWaitMs } from './duration.ts'
import { type Executor, executorOf, executors } from './executors.ts'
import { type Expression, inWorkflow } from './expression.ts'
import { findCycles, reach } from './graph.ts'
import { mismatch } from './inputs.ts'
import { collectInto, EnoughErrors, type Locate, type Report } from './report.ts'
import { compileTemplate, type OnExpression, type Template } from './template.ts'

export type Block = 'main' | 'onFailure' | 'finally'
export type RetryPlan = {
  attempts: number
  exponential: boolean
  initialMs: number
  maxMs: number
  jitter: boolean
  nonRetryable: ReadonlySet<string>
}

/** One step, ready to be run without looking at its definition again. Steps are named by their place in the plan. */
export type PlanNode = {
  index: number
  key: string
  uses: string
  /** The queue of workers that may take it; null when the engine does it by itself. */
  pool: string | null
  block: Block
  needs: readonly number[]
  dependents: readonly number[]
  condition: Expression | null
  /** The list that it runs over; null for a plain step. */
  foreach: Template | null
  window: number
  with: Template
  retry: RetryPlan | null
  timeoutMs: number
  continueOnError: boolean
  /** Its effect must not happen twice: an attempt of which nobody knows how it ended is not repeated. */
  unsafe: boolean
}

/** A definition compiled once per version and kept in memory. */
export type Plan = {
  nodes: readonly PlanNode[]
  inputs: Readonly<Record<string, InputDef>>
  outputs: Template | null
  timeoutMs: number | null
  /** What a run needs one of `limit` places for; null where runs don't hold each other up. */
  concurrency: { key: Template; limit: number } | null
  priority: number
  graph: WorkflowGraph
}

export type Compiled = { plan: Plan | null; errors: DefinitionError[]; definition: Definition | null }

const maxTimeoutMs = 24 * 24 * 3_600_000

/** What the expressions of a step may read. */
type Readable = { steps: ReadonlySet<string>; inputs: object }
type Entry = { key: string; def: StepDef; block: Block; path: string }

/** Compiles a definition, or says what is wrong with it. A version that is published already goes on with the bounds of its time. */
export function compileWorkflow(source: DefinitionSource, { published = false } = {}): Compiled {
  const read = readDefinition(source)
  const { definition, locate } = read
  if (!definition) return { plan: null, errors: read.errors, definition }
  const errors: DefinitionError[] = []
  try {
    const plan = compile(definition, locate, collectInto(errors, locate, published))
    return { plan: errors.length > 0 ? null : plan, errors, definition }
  } catch (error) {
    if (!(error instanceof EnoughErrors)) throw error
    return { plan: null, errors, definition }
  }
}

/** What it makes of a definition in which it reports something is of no use. */
function compile(definition: Definition, locate: Locate, report: Report): Plan {
  const entries = entriesOf(definition)
  const indexOf = new Map(entries.map((entry, index) => [entry.key, index]))
  if (indexOf.size < entries.length) report('/steps', 'A key may stand in only one of steps, on-failure and finally')
  const needs = entries.map((entry) => needsOf(entry, entries, indexOf, report))
  const cycles = findCycles(needs)
  for (const cycle of cycles)
    report(
      `${entries[cycle[0] ?? 0]?.path}/needs`,
      `These steps need each other in a ring: ${cycle.map((i) => entries[i]?.key).join(' → ')}`,
    )
  const isRing = cycles.length > 0
  const before = isRing ? needs.map(() => new Set<number>()) : reach(needs, (i) => outer(entries, i))
  const readable = (index: number) => new Set(isRing ? indexOf.keys() : [...(before[index] ?? [])].map((i) => entries[i]?.key ?? ''))
  const { defaults = {}, inputs = {}, timeout } = definition
  checkTimes(definition, report)
  for (const [key, def] of Object.entries(inputs)) {
    const problem = def.default === undefined ? undefined : mismatch(def, def.default)
    if (problem) report.bound(`/inputs/${key}/default`, problem)
  }
  const nodes = entries.map((entry, index) =>
    compileStep(withDefaults(entry, defaults), index, needs, { steps: readable(index), inputs }, report),
  )
  return {
    nodes,
    inputs,
    outputs: compileOutputs(definition, entries, report),
    timeoutMs: timeout === undefined ? null : durationMs(timeout),
    concurrency: compileConcurrency(definition, report),
    priority: definition.priority ?? 0,
    graph: toGraph(entries, nodes, locate),
  }
}

function checkTimes({ timeout, defaults = {} }: Definition, report: Report): void {
  if (defaults.timeout !== undefined && durationMs(defaults.timeout) > maxTimeoutMs)
    report.bound('/defaults/timeout', 'A step may take 24 days at most')
  checkRetry(defaults.retry, '/defaults', report)
  if (timeout === undefined) return
  if (durationMs(timeout) === 0) report.bound('/timeout', 'A run needs some time: more than 0')
  if (durationMs(timeout) > longestWaitMs) report.bound('/timeout', 'A run may take a year at most')
}

function checkRetry(retry: StepDef['retry'], path: string, report: Report): void {
  for (const name of ['initial', 'max'] as const) {
    const value = retry?.[name]
    if (value !== undefined && durationMs(value) > maxTimeoutMs)
      report.bound(`${path}/retry/${name}`, 'At most 24 days may pass before the next attempt')
  }
}

function entriesOf(definition: Definition): Entry[] {
  const block = (steps: Record<string, StepDef> | undefined, name: Block, path: string) =>
    Object.entries(steps ?? {}).map(([key, def]) => ({ key, def, block: name, path: `${path}/${key}` }))
  return [
    ...block(definition.steps, 'main', '/steps'),
    ...block(definition['on-failure'], 'onFailure', '/on-failure'),
    ...block(definition.finally, 'finally', '/finally'),
  ]
}

/** The steps of the blocks that have ended before a block begins. */
function outer(entries: Entry[], index: number): number[] {
  const block = entries[index]?.block
  if (block === 'main') return []
  return entries.flatMap((entry, i) => (entry.block === 'main' || (block === 'finally' && entry.block === 'onFailure') ? [i] : []))
}

function needsOf(entry: Entry, entries: Entry[], indexOf: Map<string, number>, report: Report): number[] {
  const { needs = [] } = entry.def
  const keys = typeof needs === 'string' ? [needs] : needs
  return keys.flatMap((key, place) => {
    const path = typeof needs === 'string' ? `${entry.path}/needs` : `${entry.path}/needs/${place}`
    const index = indexOf.get(key)
    if (index === undefined) report(path, `There is no step ${key}`)
    else if (entries[index]?.block !== entry.block) report(path, `${key} stands in another block; a step needs steps of its own block`)
    else return [index]
    return []
  })
}

/** A step that a worker does takes over what its workflow says of all of them. Waits and child runs have times of their own. */
function withDefaults(entry: Entry, defaults: NonNullable<Definition['defaults']>): Entry {
  if (!executorOf(entry.def.uses)?.pool) return entry
  const { retry, ...rest } = defaults
  return { ...entry, def: { ...rest, ...(retry && !entry.def.unsafe && { retry }), ...entry.def } }
}

function compileStep({ key, def, block, path }: Entry, index: number, needs: number[][], readable: Readable, report: Report): PlanNode {
  const executor = executorOf(def.uses)
  if (!executor) report(`${path}/uses`, `There is no ${def.uses}; a step can use ${Object.keys(executors).join(', ')}, or queue:<name>`)
  else checkWith(def, executor, path, report)
  const read = (item: boolean): OnExpression => {
    return (expression, place) => checkReads(expression, place, { ...readable, item }, report)
  }
  const foreach = def.foreach === undefined ? null : compileForeach(def.foreach, `${path}/foreach`, read(false), report)
  const condition = compileCondition(def.if, `${path}/if`, read(false), report)
  checkStepTimes(def, executor, path, report)
  if (def.unsafe && def.retry) report(`${path}/retry`, 'A step that is unsafe to repeat can have no retry')
  if (def.unsafe && executor?.pool === null) report(`${path}/unsafe`, 'unsafe is for a step that a worker does')
  if (def.concurrency !== undefined && !foreach) report(`${path}/concurrency`, 'concurrency is for a step with foreach')
  return {
    index,
    key,
    uses: def.uses,
    pool: executor?.pool ?? null,
    block,
    needs: needs[index] ?? [],
    dependents: needs.flatMap((list, i) => (list.includes(index) ? [i] : [])),
    condition,
    foreach,
    window: def.concurrency ?? 1000,
    with: compileTemplate((def.with ?? {}) as Json, sayOf(report), `${path}/with`, inWorkflow, read(foreach !== null)),
    retry: compileRetry(def),
    timeoutMs: def.timeout === undefined ? (executor?.defaultTimeoutMs ?? 60_000) : durationMs(def.timeout),
    continueOnError: def['continue-on-error'] ?? false,
    unsafe: def.unsafe ?? false,
  }
}

function checkStepTimes(def: StepDef, executor: Executor | undefined, path: string, report: Report): void {
  checkRetry(def.retry, path, report)
  const { uses, with: given = {}, timeout, retry } = def
  if (retry && (uses === 'wait' || uses === 'approval'))
    report.bound(`${path}/retry`, `${uses === 'wait' ? 'A wait' : 'An approval'} has one attempt`)
  if (timeout === undefined) return
  if (uses === 'approval') report.bound(`${path}/timeout`, 'How long an approval may take, with.expires says')
  if (uses === 'wait' && !('signal' in given))
    report.bound(`${path}/timeout`, 'A wait for a time takes that time; timeout is for one for a signal')
  if (durationMs(timeout) > maxTimeoutMs) report.bound(`${path}/timeout`, 'A step may take 24 days at most')
  if (executor?.pool && durationMs(timeout) === 0) report.bound(`${path}/timeout`, 'A step needs some time: more than 0')
}

function checkWith(def: StepDef, executor: Executor, path: string, report: Report): void {
  const given = Object.keys(def.with ?? {})
  for (const key of executor.required) if (!given.includes(key)) report(def.with ? `${path}/with` : path, `${def.uses} needs with.${key}`)
  if (executor.oneOf && given.filter((key) => executor.oneOf?.includes(key)).length !== 1)
    report(def.with ? `${path}/with` : path, `${def.uses} needs exactly one of ${executor.oneOf.join(', ')}`)
  if (executor.open) return
  const known = Object.keys(executor.settings)
  for (const key of given) {
    const setting = Object.hasOwn(executor.settings, key) ? executor.settings[key] : undefined
    const value = def.with?.[key]
    if (!setting)
      report(`${path}/with/${key}`, `${def.uses} has no setting ${key}${known.length > 0 ? `; it has ${known.join(', ')}` : ''}`)
    // what holds an expression is known when the step begins, and looked at then
    else if (!JSON.stringify(value ?? null).includes('${{') && !setting.fits(value))
      report.bound(`${path}/with/${key}`, `${key} must be ${setting.mustBe}`)
  }
}

function compileRetry({ retry }: StepDef): RetryPlan | null {
  if (!retry) return null
  return {
    attempts: retry.attempts,
    exponential: retry.backoff !== 'fixed',
    initialMs: durationMs(retry.initial ?? 1000),
    // who asks for longer at once means it
    maxMs: durationMs(retry.max ?? Math.max(60_000, durationMs(retry.initial ?? 1000))),
    jitter: retry.jitter ?? true,
    nonRetryable: new Set(retry['non-retryable'] ?? []),
  }
}

function toGraph(entries: Entry[], nodes: PlanNode[], locate: Locate): WorkflowGraph {
  const key = (index: number) => entries[index]?.key ?? ''
  const ends = (block: Block) => nodes.filter((node) => node.block === block && node.dependents.length === 0).map((node) => node.index)
  const edges = nodes.flatMap((node) => {
    const from =
      node.needs.length > 0 || node.block === 'main'
        ? node.needs
        : node.block === 'finally' && ends('onFailure').length > 0
          ? ends('onFailure')
          : ends('main')
    return from.map((index) => ({ from: key(index), to: node.key }))
  })
  return {
    nodes: nodes.map((node, index) => {
      const line = locate(entries[index]?.path ?? '').line
      return { key: node.key, uses: node.uses, foreach: node.foreach !== null, ...(line !== undefined && { line }) }
    }),
    edges,
  }
}
