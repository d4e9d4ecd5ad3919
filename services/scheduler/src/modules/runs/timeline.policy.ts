import type { Id, RunTimeline, StepError } from '@orrery/shared-types'
import type { Plan } from '../workflows/index.ts'

type Row = { ordinal: number; node: number; item: number | null; attempt: number; queuedAt: string | null; startedAt: string | null }
export type TimelineFacts = {
  plan: Plan
  ended: (Row & { endedAt: string; error: unknown; status: string; skipped: boolean })[]
  live: (Row & { state: number })[]
  attempts: { ordinal: number; attempt: number; startedAt: string | null; endedAt: string; error: unknown }[]
  children: { id: Id<'run'>; ordinal: number | null }[]
  idOf: (ordinal: number) => Id<'step'>
}

type Segment = RunTimeline['items'][number]

/** What happened when: each step's time in the queue, each attempt, each wait, with the child that a step waited for. */
export function layOut({ plan, ended, live, attempts, children, idOf }: TimelineFacts): RunTimeline {
  const failed = Map.groupBy(attempts, (each) => each.ordinal)
  const segments = (row: Row, endedAt: string | null, error: StepError | null): Segment[] => {
    const node = plan.nodes[row.node]
    const about = { stepId: idOf(row.ordinal), key: node?.key ?? '', itemIndex: row.item }
    const before = (failed.get(row.ordinal) ?? []).sort((a, b) => a.attempt - b.attempt)
    const first = before[0]?.startedAt ?? row.startedAt
    const child = children.find((each) => each.ordinal === row.ordinal)?.id ?? null
    const shared = { ...about, childRunId: null, error: null }
    return [
      ...(row.queuedAt === null
        ? []
        : [{ ...shared, kind: 'queue' as const, attempt: 0, startedAt: row.queuedAt, endedAt: first ?? endedAt }]),
      ...before.map((each) => ({
        ...shared,
        kind: 'attempt' as const,
        attempt: each.attempt,
        startedAt: each.startedAt ?? each.endedAt,
        endedAt: each.endedAt,
        error: each.error as StepError,
      })),
      ...(row.startedAt === null
        ? []
        : [
            {
              ...shared,
              kind: node?.uses === 'wait' ? ('wait' as const) : ('attempt' as const),
              attempt: row.attempt,
              startedAt: row.startedAt,
              endedAt,
              error,
              childRunId: child,
            },
          ]),
    ]
  }
  const items = [
    ...ended
      .filter((row) => !row.skipped && !(plan.nodes[row.node]?.foreach && row.item === null))
      .flatMap((row) => segments(row, row.endedAt, row.error as StepError | null)),
    ...live.flatMap((row) => segments(row, null, null)),
  ]
  return { items: items.sort((a, b) => a.startedAt.localeCompare(b.startedAt)) }
}
