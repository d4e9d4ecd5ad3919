import type { Json } from './cel-values.ts'
import { checkReads } from './check-reads.ts'
import type { Definition } from './definition.schema.ts'
import { compileExpression, type Expression, inWorkflow, placeOf } from './expression.ts'
import { ExpressionError } from './expression-error.ts'
import type { Report } from './report.ts'
import { bareExpression, compileTemplate, type OnExpression, type Template } from './template.ts'

/** Reports what is wrong with an expression, at its place. */
export const sayOf =
  (report: Report) =>
  (path: string, error: ExpressionError): void =>
    report(path, error.message, error.offset)

export function compileForeach(value: unknown, path: string, onExpression: OnExpression, report: Report): Template {
  if (typeof value !== 'string') return compileTemplate(value as Json, sayOf(report), path, inWorkflow, onExpression)
  const { text, start } = bareExpression(value)
  const before = '${{ '.length
  return compileTemplate(
    `\${{ ${text} }}`,
    (at, error) => report(at, error.message, start - before + (error.offset ?? before)),
    path,
    inWorkflow,
    (expression) => onExpression(expression, { path, start }),
  )
}

export function compileCondition(
  value: string | boolean | undefined,
  path: string,
  onExpression: OnExpression,
  report: Report,
): Expression | null {
  if (value === undefined || value === true) return null
  const { text, start } = bareExpression(String(value))
  try {
    const expression = compileExpression(text)
    onExpression(expression, { path, start })
    return expression
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    report(path, error.message, error.within(start).offset)
    return null
  }
}

/** Outputs are those of a run that succeeded: what was to follow a failure has not run then. */
export function compileOutputs(
  { outputs, inputs = {} }: Definition,
  entries: readonly { key: string; block: string }[],
  report: Report,
): Template | null {
  if (!outputs) return null
  const steps = new Set(entries.map(({ key }) => key))
  const ofFailure = entries.filter(({ block }) => block === 'onFailure').map(({ key }) => key)
  const missing = (key: string) => `There is no step ${key}`
  return compileTemplate(outputs as Json, sayOf(report), '/outputs', inWorkflow, (expression, place) => {
    checkReads(expression, place, { steps, inputs, item: false, missing }, report)
    for (const key of ofFailure)
      if (expression.steps.has(key))
        report.bound(
          place.path,
          `steps.${key} runs only when the run fails, and then there are no outputs`,
          place.start + placeOf(expression.text, `steps.${key}`),
        )
  })
}

export function compileConcurrency({ concurrency, inputs = {} }: Definition, report: Report): { key: Template; limit: number } | null {
  if (!concurrency) return null
  const path = '/concurrency/key'
  const key = compileTemplate(concurrency.key, sayOf(report), path, inWorkflow, (expression, { start }) => {
    checkReads(expression, { path, start }, { steps: expression.steps, inputs, item: true }, report)
    const [step] = expression.steps
    const read = step === undefined ? (expression.reads.has('item') ? 'item' : undefined) : `steps.${step}`
    if (read !== undefined)
      report(path, 'The key is made when the run begins: it can read inputs, run and project', start + placeOf(expression.text, read))
  })
  return { key, limit: concurrency.limit ?? 1 }
}
