import type { Status, Step } from '@orrery/shared-types'

export type StepRow = { step: Step; items: Step[]; depth: 0 | 1; isOpen: boolean }
export type ItemCount = { total: number; byStatus: Map<Status, number> }

export const isFinal = (status: Status) => status === 'done' || status === 'failed' || status === 'canceled'

/** Its result was taken over from the run that this one repeats: it took no time of this run. */
export const isKept = (run: { createdAt: string }, step: Step): boolean =>
  step.endedAt !== null && !step.skipped && Date.parse(step.endedAt) < Date.parse(run.createdAt)

/** Steps in the order they are given, each foreach step followed by its items while it is open. */
export function stepRows(steps: readonly Step[], open: ReadonlySet<string>): StepRow[] {
  const items = Map.groupBy(
    steps.filter((step) => step.itemIndex !== null),
    (step) => step.key,
  )
  return steps
    .filter((step) => step.itemIndex === null)
    .flatMap((step) => {
      const own = (items.get(step.key) ?? []).toSorted((a, b) => (a.itemIndex ?? 0) - (b.itemIndex ?? 0))
      const isOpen = own.length > 0 && open.has(step.key)
      const head: StepRow = { step, items: own, depth: 0, isOpen }
      return isOpen ? [head, ...own.map((item): StepRow => ({ step: item, items: [], depth: 1, isOpen: false }))] : [head]
    })
}

export function countItems(items: readonly Step[]): ItemCount {
  const byStatus = new Map<Status, number>()
  for (const { status } of items) byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
  return { total: items.length, byStatus }
}

export type Span = { from: number; to: number }

/** The stretch of time that the run took, at least a moment long so that it can be drawn. */
export function spanOf(run: { createdAt: string; endedAt: string | null }, steps: readonly Step[], now: number): Span {
  const from = Date.parse(run.createdAt)
  const ends = run.endedAt ? [Date.parse(run.endedAt), ...steps.map((step) => (step.endedAt ? Date.parse(step.endedAt) : 0))] : [now]
  return { from, to: Math.max(from + 10, ...ends) }
}

export type Bar = { queuedFrom: number; startFrom: number | null; to: number }

/** Shares of the span, 0 to 1: where it waited and where it ran. Null for a step that never came up. */
export function barOf(step: Step, span: Span, now: number): Bar | null {
  const begin = step.queuedAt ?? step.startedAt
  if (!begin) return null
  const share = (at: number) => Math.min(1, Math.max(0, (at - span.from) / (span.to - span.from)))
  const end = step.endedAt ? Date.parse(step.endedAt) : isFinal(step.status) ? Date.parse(step.startedAt ?? begin) : now
  return { queuedFrom: share(Date.parse(begin)), startFrom: step.startedAt ? share(Date.parse(step.startedAt)) : null, to: share(end) }
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const roundSteps = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
]

/** Three to five marks along the span, at times that people count in. */
export function ticksOf(span: Span): { share: number; ms: number }[] {
  const length = span.to - span.from
  const rough = length / 4
  const step = roundSteps.find((n) => n >= rough) ?? Math.ceil(rough / hour) * hour
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, at) => ({ share: (at * step) / length, ms: at * step }))
}
