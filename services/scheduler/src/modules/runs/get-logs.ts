import { type Ctx, invalid, uuidOf } from '@orrery/core'
import type { Id, LogFilter, LogLine, LogPage, LogQuery } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { readStepId, stepIdOf } from '../engine/index.ts'
import type { Plan } from '../workflows/index.ts'
import { runNotFound } from './get-run.ts'
import { formatLine, readLogCursor, writeCursor } from './log.policy.ts'
import * as logs from './log.repository.ts'
import * as runs from './run.repository.ts'

const mostCounted = 100_000
const downloadedAtOnce = 2000

/** Lines of a run's log from a place on, forwards or backwards. Asked again with `nextCursor` it gives what came since. */
export async function getLogs(ctx: SchedulerCtx, id: Id<'run'>, query: LogQuery): Promise<LogPage> {
  const { of, plan } = await open(ctx, id, query)
  const limit = query.limit ?? 500
  const back = query.before !== undefined
  if (back && query.cursor !== undefined) throw invalid('/before', 'Give cursor or before, not both')
  const end = await logs.lastChunk(ctx, id)
  const from = back ? { before: beforeOf(query.before) } : { after: readLogCursor(query.cursor ?? '0', '/cursor') }
  const found = await logs.findLines(ctx, of, from, limit)
  const last = found.at(-1)
  const first = found[0]
  const isFull = found.length === limit
  // where nothing more fits, what was looked through needs no second look
  const next = back || isFull ? last : undefined
  return {
    items: await present(ctx, id, plan, found),
    nextCursor: next ? writeCursor(next) : furthest([query.cursor ?? '0', last && writeCursor(last), String(end)]),
    prevCursor: first && (back ? isFull : query.cursor !== undefined) ? writeCursor(first) : null,
    ...(query.count && { total: await logs.countLines(ctx, of, mostCounted) }),
  }
}

/** A run's log as text, piece by piece. What is refused is refused before the first of them. */
export async function downloadLogs(ctx: SchedulerCtx, id: Id<'run'>, filter: LogFilter): Promise<AsyncGenerator<string>> {
  const { of, plan } = await open(ctx, id, filter)
  async function* pieces(): AsyncGenerator<string> {
    for (let after = { chunk: 0, place: 0 }; ; ) {
      const found = await logs.findLines(ctx, of, { after }, downloadedAtOnce)
      const last = found.at(-1)
      if (!last) return
      yield (await present(ctx, id, plan, found)).map(formatLine).join('')
      if (found.length < downloadedAtOnce) return
      after = last
    }
  }
  return pieces()
}

async function open(ctx: SchedulerCtx, id: Id<'run'>, filter: LogFilter): Promise<{ of: logs.LinesOf; plan: Plan }> {
  const run = await runs.find(ctx, id)
  if (!run) throw runNotFound()
  const { plan } = await ctx.plans.look(uuidOf('workflow', run.workflowId), run.workflowVersion)
  const { stepId, step, itemIndex, attempt, stream, q } = filter
  const node = step === undefined ? undefined : plan.nodes.find((each) => each.key === step)?.index
  if (step !== undefined && node === undefined) throw invalid('/step', `This run has no step ${step}`)
  return { of: { run: id, ordinal: stepId === undefined ? undefined : ordinalIn(id, stepId), node, itemIndex, attempt, stream, q }, plan }
}

/** 0 is the ordinal of no step. */
function ordinalIn(run: Id<'run'>, stepId: Id<'step'>): number {
  const ref = readStepId(stepId)
  return ref?.run === uuidOf('run', run) ? ref.ordinal : 0
}

const beforeOf = (before = 'end') => (before === 'end' ? null : readLogCursor(before, '/before'))

/** The cursor that is furthest on. */
function furthest(cursors: (string | undefined)[]): string {
  const known = cursors.filter((each) => each !== undefined)
  return known.reduce((a, b) => (isBeyond(b, a) ? b : a))
}

function isBeyond(a: string, b: string): boolean {
  const [x, y] = [readLogCursor(a, ''), readLogCursor(b, '')]
  return x.chunk > y.chunk || (x.chunk === y.chunk && x.place > y.place)
}

async function present(ctx: Ctx, id: Id<'run'>, plan: Plan, found: logs.FoundLine[]): Promise<LogLine[]> {
  // the first ordinals are those of the plan; items come after them
  const items = [...new Set(found.map((line) => line.ordinal))].filter((ordinal) => ordinal > plan.nodes.length)
  const places = items.length > 0 ? await logs.findPlaces(ctx, id, items) : new Map<number, never>()
  return found.map(({ chunk, place, ordinal, ...line }) => {
    const { node, item } = places.get(ordinal) ?? { node: ordinal - 1, item: null }
    return {
      ...line,
      cursor: writeCursor({ chunk, place }),
      stepId: stepIdOf(id, ordinal),
      stepKey: plan.nodes[node]?.key ?? '',
      itemIndex: item,
    }
  })
}
