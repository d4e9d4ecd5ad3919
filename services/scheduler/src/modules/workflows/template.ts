import { Budget } from './budget.ts'
import type { Json } from './cel-values.ts'
import { compileExpression, type Dialect, type Expression, inWorkflow, type Scope, type ScopeName } from './expression.ts'
import { ExpressionError } from './expression-error.ts'

/** A JSON value in which strings may hold `${{ … }}`. */
export type Template = {
  /** True when nothing in it has to be evaluated. */
  constant: boolean
  reads: ReadonlySet<ScopeName>
  steps: ReadonlySet<string>
  /** All of its expressions share what they may cost. Throws ExpressionError. */
  evaluate: (scope: Scope, budget?: Budget) => Json
}

const none: ReadonlySet<never> = new Set()

/** Compiles every expression in a value. A string that is one expression keeps the type of its result; others are joined as text. */
export function compileTemplate(
  value: Json,
  onError: OnError,
  path = '',
  dialect: Dialect = inWorkflow,
  onExpression: OnExpression = () => undefined,
): Template {
  const found: Expression[] = []
  const evaluate = compile(value, path, { found, onError, dialect, onExpression })
  return {
    constant: found.length === 0,
    reads: union(found.map((each) => each.reads)),
    steps: union(found.map((each) => each.steps)),
    evaluate: (scope, budget = new Budget()) => evaluate(scope, budget),
  }
}

/** Most values hold one expression or none: these share its sets. */
const union = <T>(sets: ReadonlySet<T>[]): ReadonlySet<T> => {
  const [first, ...rest] = sets.filter((each) => each.size > 0)
  return first === undefined ? none : rest.length === 0 ? first : new Set([first, ...rest].flatMap((each) => [...each]))
}

/** An expression written as `${{ … }}` or bare, as `if` and `foreach` allow, and where it begins. */
export function bareExpression(text: string): { text: string; start: number } {
  const inner = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1] ?? text
  const start = text.indexOf(inner) + inner.length - inner.trimStart().length
  return { text: inner.trim(), start }
}

type Compiled = (scope: Scope, budget: Budget) => Json
/** The error's offset counts from the beginning of the text at that path. */
type OnError = (path: string, error: ExpressionError) => void
/** Called with each expression, and where it begins in the text at that path. */
export type OnExpression = (expression: Expression, place: { path: string; start: number }) => void
type Place = { found: Expression[]; onError: OnError; dialect: Dialect; onExpression: OnExpression }

function compile(value: Json, path: string, place: Place): Compiled {
  if (typeof value === 'string') return compileText(value, path, place)
  if (Array.isArray(value)) {
    const parts = value.map((each, index) => compile(each, `${path}/${index}`, place))
    return (scope, budget) => parts.map((part) => part(scope, budget))
  }
  if (value && typeof value === 'object') {
    const parts = Object.entries(value).map(([key, each]) => [key, compile(each, `${path}/${pointer(key)}`, place)] as const)
    return (scope, budget) => Object.fromEntries(parts.map(([key, part]) => [key, part(scope, budget)]))
  }
  return () => value
}

function compileText(text: string, path: string, { found, onError, dialect, onExpression }: Place): Compiled {
  if (!text.includes('${{')) return () => text
  const parts: (string | Expression)[] = []
  let end = 0
  for (let from = text.indexOf('${{'); from >= 0; from = text.indexOf('${{', end)) {
    const close = closing(text, from + 3)
    if (close < 0) break
    if (from > end) parts.push(text.slice(end, from))
    const inner = text.slice(from + 3, close)
    const start = from + 3 + inner.length - inner.trimStart().length
    try {
      const expression = compileExpression(inner.trim(), dialect)
      parts.push(expression)
      found.push(expression)
      onExpression(expression, { path, start })
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      onError(path, error.within(start))
    }
    end = close + 2
  }
  const open = text.indexOf('${{', end)
  if (open >= 0) onError(path, new ExpressionError('${{ is not closed by }}', { offset: open }))
  if (end < text.length) parts.push(text.slice(end))
  const [only] = parts
  if (parts.length === 1 && typeof only === 'object') return (scope, budget) => only.evaluate(scope, budget)
  return (scope, budget) => parts.map((part) => (typeof part === 'string' ? part : asText(part.evaluate(scope, budget)))).join('')
}

/** Texts, whose brackets don't count, and brackets. A text that nothing closes goes to the end, so that all is looked at once. */
const marks = /"(?:\\[\s\S]|[^"\\])*(?:"|\\?$)|'(?:\\[\s\S]|[^'\\])*(?:'|\\?$)|\}\}|[{}]/g

/** Where an expression ends: at the first `}}` before the next expression that closes no map of its own and stands in no text; else at the first there is. */
function closing(text: string, from: number): number {
  const next = text.indexOf('${{', from)
  const own = text.slice(from, next < 0 ? undefined : next)
  let depth = 0
  for (const { 0: mark, index } of own.matchAll(marks)) {
    if (mark === '}}' && depth === 0) return from + index
    if (mark === '{') depth += 1
    else if (mark === '}') depth -= 1
    else if (mark === '}}') {
      // one of the two may be the last of its own
      if (depth === 1 && own.startsWith('}}}', index)) return from + index + 1
      depth = Math.max(depth - 2, 0)
    }
  }
  return text.indexOf('}}', from)
}

const asText = (value: Json) => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value))

/** Escapes a key for a JSON pointer (RFC 6901). */
export const pointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')
