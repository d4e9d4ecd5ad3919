import type { Expression } from './expression.ts'
import { placeOf, wholeSteps } from './expression.ts'
import type { Report } from './report.ts'

type Place = { path: string; start: number }
type Readable = { steps: ReadonlySet<string>; inputs: object; item: boolean; missing?: (key: string) => string }

const mayNotHaveRun = (key: string) => `steps.${key} may not have run by then; add it to needs`

/** Says what an expression reads that isn't there where it stands, and where in it. */
export function checkReads(expression: Expression, { path, start }: Place, readable: Readable, report: Report): void {
  const at = (read: string) => start + placeOf(expression.text, read)
  const { steps, inputs, item, missing = mayNotHaveRun } = readable
  if (expression.reads.has('item') && !item) report(path, 'item is there only in the with of a step that has foreach', at('item'))
  if (expression.wholeSteps) report.bound(path, 'steps is no list to go through: name each step, as steps.key', at(wholeSteps))
  for (const key of expression.inputs)
    if (!Object.hasOwn(inputs, key)) report.bound(path, `The workflow has no input ${key}`, at(`inputs.${key}`))
  for (const key of expression.steps) if (!steps.has(key)) report(path, missing(key), at(`steps.${key}`))
}
