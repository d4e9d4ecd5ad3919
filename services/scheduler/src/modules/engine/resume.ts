import type { Plan, PlanNode } from '../workflows/index.ts'
import { begin, type Fan, type Progress, setState } from './progress.ts'

/** A step as it ended, as far as a run that repeats it must know. */
export type Ended = { node: number; item: number | null; ordinal: number; status: string; skipped: boolean }

/**
 * The state of a run that keeps results of another one, and the ordinals of these. What did not succeed begins anew, and
 * `from` too where it is given, each with all that comes after it; so do the steps that run on failure and at the end. A
 * step that failed in some of its items keeps the others.
 */
export function resume(plan: Plan, ended: readonly Ended[], from: number | null): { progress: Progress; kept: number[] } {
  const rows = Map.groupBy(ended, (row) => row.node)
  const again = beginAnew(plan, rows, from)
  const progress = begin(plan)
  const kept: Ended[] = []
  for (const node of plan.nodes) {
    const mine = rows.get(node.index) ?? []
    const items = mine.filter((row) => row.item !== null)
    const keeps = again.has(node.index) ? itemsToKeep(node, items, again, from) : mine
    kept.push(...keeps)
    if (!again.has(node.index)) setState(progress, node.index, stateIn(mine))
    if (items.length > 0 && keeps.length > 0) progress.fans[node.index] = again.has(node.index) ? partOf(items, keeps) : wholeOf(items)
  }
  for (const row of ended) progress.nextOrdinal = Math.max(progress.nextOrdinal, row.ordinal + 1)
  return { progress, kept: kept.map((row) => row.ordinal) }
}

type Rows = ReadonlyMap<number, readonly Ended[]>
const own = (rows: readonly Ended[] = []) => rows.find((row) => row.item === null)

function beginAnew(plan: Plan, rows: Rows, from: number | null): ReadonlySet<number> {
  const again = new Set<number>()
  const spread = (index: number) => {
    if (again.has(index)) return
    again.add(index)
    for (const next of plan.nodes[index]?.dependents ?? []) spread(next)
  }
  for (const node of plan.nodes) {
    const row = own(rows.get(node.index))
    if (node.block !== 'main' || node.index === from || !hasEnded(node, row)) spread(node.index)
  }
  return again
}

/** Whether a step has come to an end that its run went on from; one that was cut off has not. */
const hasEnded = (node: PlanNode, row: Ended | undefined): boolean =>
  row !== undefined && (row.status === 'done' || row.skipped || (row.status === 'failed' && node.continueOnError))

function stateIn(rows: readonly Ended[]): 'skipped' | 'done' | 'carried' {
  const row = own(rows)
  if (row?.skipped) return 'skipped'
  return row?.status === 'done' ? 'done' : 'carried'
}

/** Items are kept where their step sees the same values as before. */
function itemsToKeep(node: PlanNode, items: readonly Ended[], again: ReadonlySet<number>, from: number | null): readonly Ended[] {
  const sameValues = from === null && node.block === 'main' && node.needs.every((need) => !again.has(need))
  return sameValues ? items.filter((row) => row.status === 'done') : []
}

const baseOf = (items: readonly Ended[]) => Math.min(...items.map((row) => row.ordinal))

const wholeOf = (items: readonly Ended[]): Fan => ({
  base: baseOf(items),
  total: items.length,
  opened: items.length,
  ended: items.length,
  failed: items.filter((row) => row.status === 'failed').length,
})

const partOf = (items: readonly Ended[], kept: readonly Ended[]): Fan => ({
  base: baseOf(items),
  total: items.length,
  opened: 0,
  ended: kept.length,
  failed: 0,
  kept: kept.flatMap((row) => row.item ?? []),
})
