import { CelScalar, celEnv, celFunc, isCelError, isCelList, isCelMap, parse, plan } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import { Recent, storable } from '@orrery/core'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
/** What an expression may look at. Only what it reads needs to be there. */
export type Scope = Partial<Record<ScopeName, Json>>
const workflowNames = ['inputs', 'steps', 'item', 'run', 'project'] as const
const callNames = ['body', 'headers', 'query'] as const
export type ScopeName = (typeof workflowNames)[number] | (typeof callNames)[number]

/** Where an expression stands decides what it may read, and how deep its macros may be nested. */
export type Dialect = { name: string; reads: readonly ScopeName[]; maxMacros: number }
export const inWorkflow: Dialect = { name: 'workflow', reads: workflowNames, maxMacros: 3 }
/** What comes from outside may be large: without nesting its cost grows no faster than it does. */
export const inHook: Dialect = { name: 'hook', reads: callNames, maxMacros: 1 }

/** An expression: what it reads, and how to get its value. */
export type Expression = {
  text: string
  reads: ReadonlySet<ScopeName>
  /** Keys of the steps whose results it reads. */
  steps: ReadonlySet<string>
  evaluate: (scope: Scope) => Json
}

export class ExpressionError extends Error {
  /** Where in the expression, from 0; undefined when the whole is meant. */
  readonly offset: number | undefined
  constructor(message: string, offset?: number) {
    super(message)
    this.name = 'ExpressionError'
    this.offset = offset
  }
}

const maxLength = 4000
const maxDepth = 60

type Node = { exprKind?: { case?: string; value?: unknown } }

// JSON knows one kind of number, CEL two: whole ones are bound as int, and arithmetic between int and double is allowed
const arithmetic: [string, (a: number, b: number) => number][] = [
  ['_+_', (a, b) => a + b],
  ['_-_', (a, b) => a - b],
  ['_*_', (a, b) => a * b],
  ['_/_', (a, b) => a / b],
]
const { DOUBLE, INT } = CelScalar
const mixed = arithmetic.flatMap(([name, apply]) => [
  celFunc(name, [DOUBLE, INT], DOUBLE, (a, b) => apply(a, Number(b))),
  celFunc(name, [INT, DOUBLE], DOUBLE, (a, b) => apply(Number(a), b)),
])
const env = celEnv({ funcs: [...strings, ...mixed] })

const none: ReadonlySet<never> = new Set()
const orNone = <T>(set: ReadonlySet<T>): ReadonlySet<T> => (set.size === 0 ? none : set)

// what an expression reads is small and asked for whenever a workflow is compiled
const known = new Recent<string, Expression>(5000)
// what evaluates it takes some 20 kB, and most workflows that are looked at are not run just then
const programs = new Recent<string, ReturnType<typeof plan>>(1000)

/** Parses CEL text. Throws ExpressionError for syntax, unknown names, unknown functions, and what is too costly to run. */
export function compileExpression(text: string, dialect: Dialect = inWorkflow): Expression {
  const key = `${dialect.name} ${text}`
  const found = known.get(key)
  if (found) return found
  if (text.length > maxLength) throw new ExpressionError(`The expression has ${text.length} characters; at most ${maxLength} are allowed`)
  const expression = { text, ...readsOf(text, dialect), evaluate: (scope: Scope) => evaluate(expression, scope) }
  known.set(key, expression)
  return expression
}

function readsOf(text: string, dialect: Dialect): Pick<Expression, 'reads' | 'steps'> {
  const found = { names: new Set<ScopeName>(), steps: new Set<string>() }
  walk(parseText(text).expr as Node | undefined, found, { locals: new Set(), depth: 0, macros: 0, dialect })
  return { reads: orNone(found.names), steps: orNone(found.steps) }
}

function evaluate({ text, reads }: Pick<Expression, 'text' | 'reads'>, scope: Scope): Json {
  const program = programOf(text)
  const bindings = Object.fromEntries([...reads].map((name) => [name, toCel(scope[name] ?? null)]))
  const result = program(bindings as Parameters<typeof program>[0])
  if (isCelError(result)) throw new ExpressionError(`${result.message} in \${{ ${text} }}`)
  return fromCel(result)
}

/** Planned when it is first evaluated. */
function programOf(text: string): ReturnType<typeof plan> {
  const made = programs.get(text) ?? plan(env, parseText(text))
  programs.set(text, made)
  return made
}

function parseText(text: string) {
  try {
    return parse(text)
  } catch (error) {
    const { rawMessage, location } = error as { rawMessage?: string; location?: { start?: { offset?: number } } }
    throw new ExpressionError(rawMessage ?? (error as Error).message, location?.start?.offset)
  }
}

type Place = { locals: ReadonlySet<string>; depth: number; macros: number; dialect: Dialect }
type Found = { names: Set<ScopeName>; steps: Set<string> }

/** Collects what is read and refuses what is unknown or too deep. */
function walk(node: Node | undefined, found: Found, place: Place): void {
  if (!node?.exprKind?.case) return
  if (place.depth > maxDepth) throw new ExpressionError('The expression is nested too deeply')
  const deeper = { ...place, depth: place.depth + 1 }
  const visit = (child: unknown, at: Place = deeper) => walk(child as Node | undefined, found, at)
  const value = node.exprKind.value as Record<string, unknown>
  switch (node.exprKind.case) {
    case 'identExpr':
      return name(String(value['name']), found, place)
    case 'selectExpr': {
      const step = isSteps(value['operand'], place) ? String(value['field']) : undefined
      if (step !== undefined) found.steps.add(step)
      return visit(value['operand'])
    }
    case 'callExpr':
      return call(value, found, place, visit)
    case 'listExpr':
      for (const element of value['elements'] as unknown[]) visit(element)
      return
    case 'structExpr':
      for (const entry of value['entries'] as { keyKind: { case?: string; value: unknown }; value: unknown }[]) {
        if (entry.keyKind.case === 'mapKey') visit(entry.keyKind.value)
        visit(entry.value)
      }
      return
    case 'comprehensionExpr':
      return comprehension(value, deeper, visit)
  }
}

function name(text: string, found: Found, { locals, dialect }: Place): void {
  if (locals.has(text)) return
  if (!(dialect.reads as readonly string[]).includes(text)) {
    if (/^(bool|int|uint|double|string|bytes|list|map|null_type|type|dyn|google)$/.test(text)) return
    throw new ExpressionError(`There is no ${text} here; an expression can read ${dialect.reads.join(', ')}`)
  }
  found.names.add(text as ScopeName)
}

function call(value: Record<string, unknown>, found: Found, place: Place, visit: (child: unknown) => void): void {
  const fn = String(value['function'])
  if (/^[a-z]/i.test(fn) && !functions.has(fn)) throw new ExpressionError(`There is no function ${fn}`)
  const [first, second] = value['args'] as Node[]
  if (fn === '_[_]' && isSteps(first, place)) {
    const key = constant(second)
    if (typeof key !== 'string') throw new ExpressionError('A step is named by a constant: steps["key"]')
    found.steps.add(key)
  }
  visit(value['target'])
  for (const argument of value['args'] as unknown[]) visit(argument)
}

function comprehension(value: Record<string, unknown>, place: Place, visit: (child: unknown, at?: Place) => void): void {
  const macros = place.macros + 1
  const { maxMacros } = place.dialect
  if (macros > maxMacros)
    throw new ExpressionError(maxMacros === 1 ? "Macros can't be nested here" : `Macros can be nested ${maxMacros} deep`)
  const inner = {
    ...place,
    macros,
    locals: new Set([...place.locals, String(value['iterVar']), String(value['iterVar2']), String(value['accuVar'])]),
  }
  visit(value['iterRange'], place)
  for (const part of ['accuInit', 'loopCondition', 'loopStep', 'result']) visit(value[part], inner)
}

const isSteps = (node: unknown, { locals }: Place) => {
  const { exprKind } = (node ?? {}) as Node
  return exprKind?.case === 'identExpr' && (exprKind.value as { name: string }).name === 'steps' && !locals.has('steps')
}

const constant = (node: Node | undefined) => {
  if (node?.exprKind?.case !== 'constExpr') return undefined
  return (node.exprKind.value as { constantKind: { value: unknown } }).constantKind.value
}

const functions = new Set(
  (
    'size contains startsWith endsWith matches getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours getMilliseconds getMinutes ' +
    'getMonth getSeconds bool int uint double string bytes dyn type duration timestamp charAt indexOf lastIndexOf join lowerAscii upperAscii ' +
    'replace split substring trim format quote strings reverse'
  ).split(' '),
)

function toCel(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(toCel)
  if (value && typeof value === 'object') return new Map(Object.entries(value).map(([key, each]) => [key, toCel(each)]))
  return value
}

function fromCel(value: unknown): Json {
  if (typeof value === 'bigint') {
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER))
      throw new ExpressionError(`${value} is too large for a JSON number`)
    return Number(value)
  }
  if (typeof value === 'string') return storable(value)
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value
  if (isCelList(value)) return [...value].map(fromCel)
  if (isCelMap(value)) return Object.fromEntries([...value.entries()].map(([key, each]) => [String(key), fromCel(each)]))
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value && typeof value === 'object' && 'value' in value && typeof value.value === 'bigint') return Number(value.value)
  return String(value)
}
