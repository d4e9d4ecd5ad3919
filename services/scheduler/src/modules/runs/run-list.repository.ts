import { type Ctx, fromUuid, keyset, memberProjects, toPage, visible, words } from '@orrery/core'
import type { Id, Page, RunQuery, RunSummary } from '@orrery/shared-types'
import { type AnyColumn, and, count, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { runState, runs } from '../engine/index.ts'
import { workflows } from '../workflows/index.ts'
import { begunBy, summary, toSummary } from './run.repository.ts'

type Row = { id: Id<'run'> }
type Listing = ReturnType<typeof keyset>
/** Rows that lie together in an index, in the order of the list: those of one project, or of one workflow. */
type Lanes = { column: AnyColumn; values: readonly string[] } | null

/**
 * Runs, newest first. Each part of the list is read in the order of an index and no further than a page goes: the lanes that the
 * caller may see, and apart from each other the states that are few, many, or not ended.
 */
export async function list(ctx: Ctx, query: RunQuery): Promise<Page<RunSummary>> {
  // ids are made in the order of time, so that the key of the table is also the order of the list
  const sort = query.sort === 'createdAt' ? 'id' : query.sort === '-createdAt' ? '-id' : (query.sort ?? '-id')
  const page = keyset({ ...query, sort }, { id: runs.id }, runs.id, '-id')
  const lanes = await lanesOf(ctx, query)
  const parts = partsOf(query.status)
  const found = await Promise.all(parts.map((part) => findIds(ctx, query, page, part, lanes)))
  const down = page.sort.startsWith('-')
  const ids = found.flat().sort((a, b) => (a < b === down ? 1 : -1))
  const rows = ids.length > 0 ? await findSummaries(ctx, ids.slice(0, page.limit)) : []
  const ordered = rows.sort((a, b) => (a.id < b.id === down ? 1 : -1))
  const inLanes = lanes && inArray(lanes.column, [...lanes.values])
  const total = query.count ? await countUpTo(ctx, and(filterOf(ctx, query, inArrayOf(query.status)), inLanes ?? undefined)) : {}
  return { ...toPage(ordered, page), ...total }
}

const findSummaries = async (ctx: Ctx, ids: Id<'run'>[]): Promise<RunSummary[]> => {
  const rows = await ctx.db.select(summary).from(runs).innerJoin(workflows, eq(workflows.id, runs.workflowId)).where(inArray(runs.id, ids))
  return rows.map(toSummary)
}

type Part = { status: SQL | undefined; live: boolean }
const inArrayOf = (status: string | undefined) => (status ? inArray(runs.status, words(status)) : undefined)

/** States that lie in indexes of their own. What has not ended is found by what the engine keeps of it. */
function partsOf(status: string | undefined): Part[] {
  if (!status) return [{ status: undefined, live: false }]
  const wanted = words(status)
  const live = wanted.filter((each) => ['queued', 'in_progress', 'blocked'].includes(each))
  const bad = wanted.filter((each) => ['failed', 'canceled'].includes(each))
  const rest = wanted.filter((each) => !live.includes(each) && !bad.includes(each))
  const notEnded = sql`${runs.id} in (select ${runState.runId} from ${runState})`
  return [
    ...(live.length > 0 ? [{ status: and(inArray(runs.status, live), notEnded), live: true }] : []),
    // each by itself, as their index has them: together they would be found in another order than that of the list
    ...bad.map((each) => ({ status: and(runs.endedBadly, eq(runs.status, each)), live: false })),
    ...(rest.length > 0 ? [{ status: inArray(runs.status, rest), live: false }] : []),
  ]
}

/** Null where one index gives the whole order by itself. */
async function lanesOf(ctx: Ctx, query: RunQuery): Promise<Lanes> {
  if (query.q) return { column: runs.workflowId, values: await namedLike(ctx, query.q) }
  if (query.workflowId ?? query.scheduleId ?? query.parentRunId ?? query.projectId ?? ctx.actor.admin) return null
  return { column: runs.projectId, values: [...(await memberProjects(ctx))] }
}

async function namedLike(ctx: Ctx, q: string): Promise<Id<'workflow'>[]> {
  const like = `%${q.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`
  const found = await ctx.db
    .select({ id: workflows.id })
    .from(workflows)
    .where(and(visible(ctx, workflows.projectId), sql`${workflows.name} ilike ${like}`))
    .limit(1000)
  return found.map((row) => row.id)
}

const filterOf = (ctx: Ctx, query: RunQuery, status: SQL | undefined): SQL | undefined =>
  and(
    visible(ctx, runs.projectId),
    query.projectId && eq(runs.projectId, query.projectId),
    query.workflowId && eq(runs.workflowId, query.workflowId),
    query.scheduleId && eq(runs.scheduleId, query.scheduleId),
    query.parentRunId && begunBy(query.parentRunId),
    status,
  )

async function findIds(ctx: Ctx, query: RunQuery, page: Listing, part: Part, lanes: Lanes): Promise<Id<'run'>[]> {
  const ids = (more: SQL | undefined) =>
    ctx.db
      .select({ id: runs.id })
      .from(runs)
      .where(and(filterOf(ctx, query, part.status), page.where, more))
      .orderBy(...page.orderBy)
      .limit(page.limit)
  if (lanes === null) return (await ids(undefined)).map((row: Row) => row.id)
  if (lanes.values.length === 0) return []
  if (part.live) return (await ids(inArray(lanes.column, [...lanes.values]))).map((row) => row.id)
  const values = lanes.values.map((value) => lanes.column.mapToDriverValue(value))
  const lane = sql`unnest(${sql.param(values)}::uuid[]) as lane (value)`
  const each = ids(sql`${lanes.column} = lane.value`).getSQL()
  const rows = await ctx.db.execute<{ id: string }>(sql`select of_lane.id from ${lane} cross join lateral (${each}) of_lane`)
  return rows.rows.map((row) => fromUuid('run', row.id))
}

const mostCounted = 100_000

/** How many there are, counted no further than is worth the time. */
async function countUpTo(ctx: Ctx, filter: SQL | undefined): Promise<{ total: number }> {
  const found = ctx.db.select({ id: runs.id }).from(runs).where(filter).limit(mostCounted).as('found')
  const [row] = await ctx.db.select({ total: count() }).from(found)
  return { total: row?.total ?? 0 }
}
