import { Budget, ExpressionError, type Json, type PlanNode, unitsOfItems } from '../workflows/index.ts'
import { type Fan, openItem, type Progress } from './progress.ts'
import type { Values } from './values.ts'

const maxItems = 1000

/** Whether the condition of a step lets it run. */
export function holds({ condition }: PlanNode, values: Values): boolean {
  if (!condition) return true
  const value = condition.evaluate(values.scope(condition.steps))
  if (typeof value === 'boolean') return value
  throw new ExpressionError(`if must be true or false; \${{ ${condition.text} }} gave ${JSON.stringify(value)}`)
}

/** What each item of a step is given. */
export function readItems({ foreach, with: input }: PlanNode, values: Values): Json[] {
  const budget = new Budget(unitsOfItems)
  const list = foreach?.evaluate(values.scope(foreach.steps), budget)
  if (!Array.isArray(list)) throw new ExpressionError(`foreach needs a list, and got ${list === null ? 'null' : typeof list}`)
  if (list.length > maxItems) throw new ExpressionError(`foreach got ${list.length} items; at most ${maxItems} are allowed`)
  const scope = values.scope(input.steps)
  return list.map((item) => input.evaluate({ ...scope, item }, budget))
}

/** Counts the items of a step that begins, new ones or those of the run that this one repeats, and opens as many as there is room for. */
export function beginFan(progress: Progress, { index, window }: PlanNode, total: number): Fan {
  const before = progress.fans[index]
  if (before && before.total !== total)
    throw new ExpressionError(
      `foreach got ${total} items, and ${before.total} in the run that this one repeats: replay it from its beginning`,
    )
  const fan = before ?? { base: progress.nextOrdinal, total, opened: 0, ended: 0, failed: 0 }
  if (!before) progress.nextOrdinal += total
  progress.fans[index] = fan
  for (let room = window; room > 0 && openItem(fan) !== null; ) room -= 1
  return fan
}
