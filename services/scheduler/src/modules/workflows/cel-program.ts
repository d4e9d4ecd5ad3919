import {
  type CelFunc,
  type CelList,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  celMethod,
  isCelError,
  listType,
  parse,
  plan,
} from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import { Recent } from '@orrery/core'
import { Budget, onBudget, TooCostly } from './budget.ts'
import { spendOnCall, spendOnRange } from './cel-costs.ts'
import { textMethods } from './cel-strings.ts'
import { fromCel, type Json, toCel } from './cel-values.ts'
import { ExpressionError } from './expression-error.ts'

/** A part of a parsed expression. */
export type Node = { id: bigint; exprKind: { case?: string; value?: unknown } }
type Fold = { accuVar: string; iterRange: Node; loopCondition: Node; loopStep: Node }
type Call = { function: string; args: Node[] }
type Program = (bindings: Record<string, unknown>) => unknown

const { DOUBLE, INT, STRING } = CelScalar
const LIST = listType(CelScalar.DYN)

// arithmetic between int and double is allowed
const arithmetic: [string, (a: number, b: number) => number][] = [
  ['_+_', (a, b) => a + b],
  ['_-_', (a, b) => a - b],
  ['_*_', (a, b) => a * b],
  ['_/_', (a, b) => a / b],
]
const mixed = arithmetic.flatMap(([name, apply]) => [
  celFunc(name, [DOUBLE, INT], DOUBLE, (a, b) => apply(a, Number(b))),
  celFunc(name, [INT, DOUBLE], DOUBLE, (a, b) => apply(Number(a), b)),
])
// those of the library take the square of the time
const quick = [
  celFunc('_+_', [LIST, LIST], LIST, (a, b) => celList([...a, ...b])),
  celMethod('replace', STRING, [STRING, STRING], STRING, function (part, by) {
    return this.replaceAll(part, () => by)
  }),
]
const base = celEnv({ funcs: [...strings, ...mixed, ...quick, ...textMethods] })

type Callable = Pick<CelFunc, 'call'>
const metered = new Map<string, Callable | undefined>()

/** The function of a name, paid for before each call. */
function find(name: string): Callable | undefined {
  const own = owned[name]
  if (own) return own
  if (metered.has(name)) return metered.get(name)
  const found = base.funcs.find(name)
  const paid: Callable | undefined = found && {
    call(id, target, args) {
      spendOnCall(name, target === undefined ? args : [target, ...args])
      return found.call(id, target, args)
    },
  }
  metered.set(name, paid)
  return paid
}

const grown = new WeakMap<CelList, CelValue[]>()

/** What macros are made to call: nobody can write these names. */
const owned: Record<string, Callable> = {
  '@range': {
    call(_id, _target, [range, parts]) {
      spendOnRange(range, Number(parts))
      return range
    },
  },
  // what a macro gathers is seen by nobody else meanwhile: it can grow in place
  '@append': {
    call(_id, _target, [list, value]) {
      const room = grown.get(list as CelList)
      if (room) room.push(value as CelValue)
      if (room) return list
      const members = [value as CelValue]
      const made = celList(members)
      grown.set(made, members)
      return made
    },
  },
}

/** The library finds functions by this alone. */
const env = Object.create(base, { funcs: { value: { find } } }) as typeof base

/** Parses CEL text. Throws ExpressionError for what is no CEL. */
export function parseText(text: string): { expr: Node; positions: Record<string, number> } {
  try {
    const { expr, sourceInfo } = parse(text)
    return { expr: expr as Node, positions: (sourceInfo?.positions ?? {}) as Record<string, number> }
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError('The expression is nested too deeply', { offset: 0 })
    const { rawMessage, location } = error as { rawMessage?: string; location?: { start?: { offset?: number } } }
    throw new ExpressionError(rawMessage ?? (error as Error).message, { offset: location?.start?.offset })
  }
}

/** The parts that a part of an expression is made of. */
export function partsOf({ exprKind }: Node): Node[] {
  const value = (exprKind.value ?? {}) as Record<string, unknown>
  const found: unknown[] =
    exprKind.case === 'selectExpr'
      ? [value['operand']]
      : exprKind.case === 'callExpr'
        ? [value['target'], ...(value['args'] as unknown[])]
        : exprKind.case === 'listExpr'
          ? (value['elements'] as unknown[])
          : exprKind.case === 'structExpr'
            ? (value['entries'] as { keyKind: { case?: string; value: unknown }; value: unknown }[]).flatMap(({ keyKind, value }) => [
                keyKind.case === 'mapKey' ? keyKind.value : undefined,
                value,
              ])
            : exprKind.case === 'comprehensionExpr'
              ? ['iterRange', 'accuInit', 'loopCondition', 'loopStep', 'result'].map((part) => value[part])
              : []
  return found.filter((part) => part !== undefined) as Node[]
}

const nodeCall = (id: bigint, name: string, args: Node[]): Node => ({
  id,
  exprKind: { case: 'callExpr', value: { function: name, args } },
})
const nodeInt = (id: bigint, value: number): Node => ({
  id,
  exprKind: { case: 'constExpr', value: { constantKind: { case: 'int64Value', value: BigInt(value) } } },
})

/** Makes every macro pay for the list that it goes through, and gather in place. */
function prepare(node: Node): void {
  for (const part of partsOf(node)) prepare(part)
  if (node.exprKind.case !== 'comprehensionExpr') return
  const fold = node.exprKind.value as Fold
  const parts = nodeInt(node.id, count(fold.loopCondition) + count(fold.loopStep))
  fold.iterRange = nodeCall(node.id, '@range', [fold.iterRange, parts])
  gatherInPlace(fold.loopStep, fold.accuVar)
}

/** How many parts there are outside of further macros. */
const count = (node: Node): number =>
  node.exprKind.case === 'comprehensionExpr' ? 1 : partsOf(node).reduce((sum, part) => sum + count(part), 1)

function gatherInPlace(step: Node, accuVar: string): void {
  const call = step.exprKind.value as Call
  if (step.exprKind.case !== 'callExpr') return
  if (call.function === '_?_:_') for (const part of call.args) gatherInPlace(part, accuVar)
  const [gathered, more] = call.args
  const elements = (more?.exprKind.case === 'listExpr' && (more.exprKind.value as { elements: Node[] }).elements) || []
  const isOwn = gathered?.exprKind.case === 'identExpr' && (gathered.exprKind.value as { name: string }).name === accuVar
  if (call.function !== '_+_' || !isOwn || !gathered || !elements[0]) return
  Object.assign(call, { function: '@append', args: [gathered, elements[0]] })
}

// what evaluates an expression takes some 20 kB, and most workflows that are looked at are not run just then
const programs = new Recent<string, Program>(1000)

/** Planned when it is first evaluated. */
function programOf(text: string): Program {
  const made = programs.get(text) ?? planned(text)
  programs.set(text, made)
  return made
}

function planned(text: string): Program {
  const { expr } = parseText(text)
  prepare(expr)
  return plan(env, expr as Parameters<typeof plan>[1]) as Program
}

/** The value of an expression. What it may cost is shared by all that is evaluated on the same budget. */
export function evaluate(text: string, bindings: Record<string, Json>, budget = new Budget()): Json {
  try {
    return onBudget(budget, () => {
      const result = programOf(text)(Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, toCel(value)])))
      if (!isCelError(result)) return fromCel(result)
      throw result.cause instanceof TooCostly ? result.cause : new ExpressionError(`${result.message} in \${{ ${text} }}`)
    })
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error
    throw new ExpressionError(`This takes too much work: \${{ ${shortened(text)} }}. Look at less at once, or leave it to a step`, {
      code: 'expression_too_costly',
    })
  }
}

const shortened = (text: string) => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
