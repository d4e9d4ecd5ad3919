import type { Id, RunTimeline, StepError } from '@orrery/shared-types'
import type { Plan } from '../workflows/index.ts'

type Row = {
  ordinal: number
  node: number
  item: number | null
  attempt: number
  queuedAt: string | null
  startedAt: string | null
  readyAt?: string
}
export type TimelineFacts = {
  plan: Plan
  ended: (Row & { endedAt: string; error: unknown; status: string; skipped: boolean })[]
  live: (Row & { readyAt: string })[]
  attempts: { ordinal: number; attempt: number; startedAt: string | null; endedAt: string; error: unknown }[]
  children: { id: Id<'run'>; ordinal: number | null }[]
  idOf: (ordinal: number) => Id<'step'>
  now: string
}

type Segment = RunTimeline['items'][number]
type Try = Pick<Segment, 'kind' | 'attempt' | 'endedAt' | 'error'> & { startedAt: string | null }

/** What happened when: each step's time in the queue, each attempt and the pause after it, each wait, with the child that a step waited for. */
export function layOut({ plan, ended, live, attempts, children, idOf, now }: TimelineFacts): RunTimeline {
  const failed = Map.groupBy(attempts, (each) => each.ordinal)
  const begun = Map.groupBy(children, (each) => each.ordinal)
  const segments = (row: Row, endedAt: string | null, error: StepError | null): Segment[] => {
    const node = plan.nodes[row.node]
    const about = { stepId: idOf(row.ordinal), key: node?.key ?? '', itemIndex: row.item, childRunId: null, error: null }
    const { attempt, startedAt } = row
    const last: Try = { kind: node?.uses === 'wait' || node?.uses === 'approval' ? 'wait' : 'attempt', attempt, startedAt, endedAt, error }
    const tries = [...(failed.get(row.ordinal) ?? []).sort((a, b) => a.attempt - b.attempt).map(failedTry), last]
    // each attempt began one, unless the first of them were begun before this was kept
    const runs = begun.get(row.ordinal) ?? []
    const childOf = (at: number) => runs[at - tries.length + runs.length]?.id ?? null
    const queue = { ...about, kind: 'queue' as const, attempt: 0, endedAt: tries[0]?.startedAt ?? endedAt }
    return [
      ...(row.queuedAt === null ? [] : [{ ...queue, startedAt: row.queuedAt }]),
      ...tries.flatMap((each, at) => {
        const { startedAt } = each
        const own = startedAt === null ? [] : [{ ...about, ...each, startedAt, childRunId: childOf(at) }]
        const next = tries[at + 1]
        if (next === undefined || each.endedAt === null) return own
        const pause = { ...about, attempt: next.attempt, startedAt: each.endedAt, endedAt: next.startedAt ?? endedAt }
        return [...own, ...pauses({ ...pause, kind: kindAfter(each) }, row.readyAt, now)]
      }),
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

const failedTry = ({ attempt, startedAt, endedAt, error }: TimelineFacts['attempts'][number]): Try => ({
  kind: 'attempt',
  attempt,
  startedAt: startedAt ?? endedAt,
  endedAt,
  error: error as StepError,
})

/** What was lost with its worker goes back to the queue at once; what failed waits for a while. */
const kindAfter = ({ error }: Try): Segment['kind'] => (error?.code === 'worker_lost' ? 'queue' : 'backoff')

/** A pause that is over goes on in the queue until a worker takes the step. */
function pauses(pause: Segment, readyAt: string | undefined, now: string): Segment[] {
  const isOver = pause.kind === 'backoff' && pause.endedAt === null && readyAt !== undefined && readyAt <= now
  return isOver
    ? [
        { ...pause, endedAt: readyAt },
        { ...pause, kind: 'queue', startedAt: readyAt },
      ]
    : [pause]
}
