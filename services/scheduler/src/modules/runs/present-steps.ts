import type { Id, Status, Step, StepError } from '@orrery/shared-types'
import { ordinalOf, stepIdOf } from '../engine/index.ts'
import type { Plan } from '../workflows/index.ts'
import type * as runs from './run.repository.ts'

type Found = Awaited<ReturnType<typeof runs.findSteps>>
type ChildOf = ReadonlyMap<number | null, Id<'run'>>

// 0 ready, 1 leased, 2 waiting for a child, 3 held back for room among its siblings
const liveStatus: readonly Status[] = ['queued', 'in_progress', 'in_progress', 'queued']

/** Every step of the plan in its order, each followed by its items. A step that has not begun is there as queued, or canceled when the run is over. */
export function presentSteps(runId: Id<'run'>, plan: Plan, { ended, live, state }: Found, children: readonly runs.Child[]): Step[] {
  // of several, one for each attempt, the last one stays
  const childOf = new Map(children.map((child) => [child.ordinal, child.id]))
  const byNode = Map.groupBy(
    [...ended.map((row) => fromEnded(runId, plan, row, childOf)), ...live.map((row) => fromLive(runId, plan, row, childOf))],
    (each) => each.node,
  )
  return plan.nodes.flatMap((node) => {
    const rows = (byNode.get(node.index) ?? []).sort((a, b) => (a.step.itemIndex ?? -1) - (b.step.itemIndex ?? -1)).map((each) => each.step)
    const items = rows.filter((step) => step.itemIndex !== null)
    const own = rows.find((step) => step.itemIndex === null)
    const whole = own ?? unbegun(runId, node, state, items)
    if (!node.foreach) return [whole]
    const output = own?.status === 'done' ? items.map((step) => step.output) : null
    return [{ ...whole, ...span(items), output }, ...items]
  })
}

function unbegun(runId: Id<'run'>, node: Plan['nodes'][number], state: Found['state'], items: Step[]): Step {
  const begun = items.length > 0
  const status: Status = state === undefined ? 'canceled' : begun ? 'in_progress' : 'queued'
  return {
    id: stepIdOf(runId, ordinalOf(node.index)),
    key: node.key,
    itemIndex: null,
    uses: node.uses,
    status,
    skipped: false,
    attempt: 0,
    queuedAt: null,
    startedAt: null,
    endedAt: null,
    input: null,
    output: null,
    error: null,
    childRunId: null,
  }
}

/** A step with items begins with its first and ends with its last. */
function span(items: Step[]): Partial<Step> {
  const first = (times: (string | null)[]) => times.filter((time) => time !== null).sort()[0] ?? null
  if (items.length === 0) return {}
  return { queuedAt: first(items.map((step) => step.queuedAt)), startedAt: first(items.map((step) => step.startedAt)) }
}

function fromEnded(runId: Id<'run'>, plan: Plan, row: runs.EndedStep, childOf: ChildOf): { node: number; step: Step } {
  return {
    node: row.node,
    step: {
      ...shared(runId, plan, row, childOf),
      status: row.status as Status,
      skipped: row.skipped,
      endedAt: row.endedAt,
      output: row.output,
      error: row.error as StepError | null,
    },
  }
}

function fromLive(runId: Id<'run'>, plan: Plan, row: runs.LiveStep, childOf: ChildOf): { node: number; step: Step } {
  return {
    node: row.node,
    step: {
      ...shared(runId, plan, row, childOf),
      status: statusOf(row, plan),
      skipped: false,
      endedAt: null,
      output: null,
      error: null,
    },
  }
}

/** A step that waits for a time, a signal or a person is blocked; one that waits for a child is under way, unless it waits to be tried again. */
function statusOf(row: runs.LiveStep, plan: Plan): Status {
  if (row.state === 2 && row.startedAt === null) return 'queued'
  return row.state === 2 && ['wait', 'approval'].includes(plan.nodes[row.node]?.uses ?? '')
    ? 'blocked'
    : (liveStatus[row.state] ?? 'queued')
}

function shared(runId: Id<'run'>, plan: Plan, row: runs.EndedStep | runs.LiveStep, childOf: ChildOf) {
  const node = plan.nodes[row.node]
  return {
    id: stepIdOf(runId, row.ordinal),
    key: node?.key ?? '',
    itemIndex: row.item,
    uses: node?.uses ?? '',
    attempt: row.attempt,
    queuedAt: row.queuedAt,
    startedAt: row.startedAt,
    input: row.input,
    childRunId: childOf.get(row.ordinal) ?? null,
  }
}
