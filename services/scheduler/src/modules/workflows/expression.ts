import { Recent } from '@orrery/core'
import type { Budget } from './budget.ts'
import { evaluate, type Node, parseText, partsOf } from './cel-program.ts'
import type { Json } from './cel-values.ts'
import { ExpressionError } from './expression-error.ts'

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
  /** Names of the inputs that it reads. */
  inputs: ReadonlySet<string>
  /** Looks at `steps` as a whole, which holds no more than the steps that it names. */
  wholeSteps: boolean
  /** What is evaluated on one budget shares what it may cost. Throws ExpressionError. */
  evaluate: (scope: Scope, budget?: Budget) => Json
}

const maxLength = 4000
const maxDepth = 60

const none: ReadonlySet<never> = new Set()
const orNone = <T>(set: ReadonlySet<T>): ReadonlySet<T> => (set.size === 0 ? none : set)

// what an expression reads is small and asked for whenever a workflow is compiled
const known = new Recent<string, Expression>(5000)

/** Parses CEL text. Throws ExpressionError for syntax, unknown names, unknown functions, and what is too costly to run. */
export function compileExpression(text: string, dialect: Dialect = inWorkflow): Expression {
  const key = `${dialect.name} ${text}`
  const found = known.get(key)
  if (found) return found
  if (text.length > maxLength) throw new ExpressionError(`The expression has ${text.length} characters; at most ${maxLength} are allowed`)
  const read = readsOf(text, dialect)
  const bound = (scope: Scope) => Object.fromEntries([...read.reads].map((name) => [name, scope[name] ?? null]))
  const expression = { text, ...read, evaluate: (scope: Scope, budget?: Budget) => evaluate(text, bound(scope), budget) }
  known.set(key, expression)
  return expression
}

function readsOf(text: string, dialect: Dialect): Omit<Expression, 'text' | 'evaluate'> {
  const { names, steps, inputs, places } = find(text, dialect)
  return { reads: orNone(names), steps: orNone(steps), inputs: orNone(inputs), wholeSteps: places.has(wholeSteps) }
}

/** What `placeOf` knows `steps` as, where it is looked at as a whole. */
export const wholeSteps = 'steps.*'

/** Where an expression first reads something, as `item`, `steps.a` or `inputs.a`: asked for only when that is wrong. */
export const placeOf = (text: string, read: string, dialect: Dialect = inWorkflow): number => find(text, dialect).places.get(read) ?? 0

function find(text: string, dialect: Dialect): Found {
  const { expr, positions } = parseText(text)
  const found: Found = { names: new Set(), steps: new Set(), inputs: new Set(), places: new Map() }
  walk(expr, found, { text, positions, at: 0, locals: new Set(), depth: 0, macros: 0, dialect })
  return found
}

type Place = {
  text: string
  positions: Record<string, number>
  /** Where the part that is looked at stands. */
  at: number
  locals: ReadonlySet<string>
  depth: number
  macros: number
  dialect: Dialect
  /** One of what it names is picked from it. */
  picked?: boolean
}
type Found = { names: Set<ScopeName>; steps: Set<string>; inputs: Set<string>; places: Map<string, number> }

/** Collects what is read and refuses what is unknown or too deep. */
function walk(node: Node | undefined, found: Found, above: Place): void {
  if (!node?.exprKind?.case) return
  const place = { ...above, at: above.positions[String(node.id)] ?? above.at }
  if (place.depth > maxDepth) throw new ExpressionError('The expression is nested too deeply', { offset: place.at })
  const deeper = { ...place, depth: place.depth + 1, picked: false }
  const visit = (child: unknown, at: Place = deeper) => walk(child as Node | undefined, found, at)
  const value = node.exprKind.value as Record<string, unknown>
  switch (node.exprKind.case) {
    case 'identExpr':
      if (is('steps', node, place) && !place.picked && !found.places.has(wholeSteps)) found.places.set(wholeSteps, place.at)
      return name(String(value['name']), found, place)
    case 'selectExpr':
      pick(String(value['field']), value['operand'], found, place)
      return visit(value['operand'], { ...deeper, picked: true })
    case 'callExpr':
      return call(value, found, place, (child, picked = false) => visit(child, { ...deeper, picked }))
    case 'listExpr':
    case 'structExpr':
      for (const part of partsOf(node)) visit(part)
      return
    case 'comprehensionExpr':
      return comprehension(value, deeper, visit)
  }
}

/** Notes a step or an input that is picked from all of them. */
function pick(key: string, from: unknown, found: Found, place: Place): void {
  for (const root of ['steps', 'inputs'] as const) {
    if (!is(root, from, place)) continue
    found[root].add(key)
    const named = `${root}.${key}`
    if (!found.places.has(named)) found.places.set(named, place.positions[String((from as Node).id)] ?? place.at)
  }
}

function name(text: string, found: Found, { locals, dialect, at }: Place): void {
  if (locals.has(text)) return
  if (!(dialect.reads as readonly string[]).includes(text)) {
    if (/^(bool|int|uint|double|string|bytes|list|map|null_type|type|dyn|google)$/.test(text)) return
    throw new ExpressionError(`There is no ${text} here; an expression can read ${dialect.reads.join(', ')}`, { offset: at })
  }
  found.names.add(text as ScopeName)
  if (!found.places.has(text)) found.places.set(text, at)
}

function call(value: Record<string, unknown>, found: Found, place: Place, visit: (child: unknown, picked?: boolean) => void): void {
  const fn = String(value['function'])
  if (/^[a-z]/i.test(fn) && !functions.has(fn))
    // a method stands behind its dot
    throw new ExpressionError(`There is no function ${fn}`, { offset: Math.max(place.text.indexOf(fn, place.at), place.at) })
  const [first, second] = value['args'] as Node[]
  const isPick = fn === '_[_]' && (is('steps', first, place) || is('inputs', first, place))
  const key = isPick ? constant(second) : undefined
  if (isPick && typeof key !== 'string' && is('steps', first, place))
    throw new ExpressionError('A step is named by a constant: steps["key"]', { offset: place.at })
  if (typeof key === 'string') pick(key, first, found, place)
  visit(value['target'])
  for (const argument of value['args'] as unknown[]) visit(argument, isPick && argument === first)
}

function comprehension(value: Record<string, unknown>, place: Place, visit: (child: unknown, at?: Place) => void): void {
  const macros = place.macros + 1
  const { maxMacros } = place.dialect
  if (macros > maxMacros)
    throw new ExpressionError(maxMacros === 1 ? "Macros can't be nested here" : `Macros can be nested ${maxMacros} deep`, {
      offset: place.at,
    })
  const inner = {
    ...place,
    macros,
    locals: new Set([...place.locals, String(value['iterVar']), String(value['iterVar2']), String(value['accuVar'])]),
  }
  visit(value['iterRange'], place)
  for (const part of ['accuInit', 'loopCondition', 'loopStep', 'result']) visit(value[part], inner)
}

const is = (what: 'steps' | 'inputs', node: unknown, { locals }: Place) => {
  const { exprKind } = (node ?? {}) as Node
  return exprKind?.case === 'identExpr' && (exprKind.value as { name: string }).name === what && !locals.has(what)
}

const constant = (node: Node | undefined) => {
  if (node?.exprKind?.case !== 'constExpr') return undefined
  return (node.exprKind.value as { constantKind: { value: unknown } }).constantKind.value
}

const functions = new Set(
  (
    'size contains startsWith endsWith matches getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours getMilliseconds getMinutes ' +
    'getMonth getSeconds bool int uint double string bytes dyn type duration timestamp charAt indexOf lastIndexOf join lowerAscii upperAscii ' +
    'replace split substring trim format reverse'
  ).split(' '),
)
