import { type Ctx, fromUuid, keyset, toPage, uuidOf, visible, words } from '@orrery/core'
import type { Id, Outcome, Page, RunError, RunQuery, RunSummary, RunTrigger, Status } from '@orrery/shared-types'
import { and, count, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { attempts, liveSteps, runState, runs, slots, steps, workers } from '../engine/index.ts'
import { workflows } from '../workflows/index.ts'

const summary = {
  id: runs.id,
  projectId: runs.projectId,
  workflowId: runs.workflowId,
  workflowSlug: workflows.slug,
  workflowName: workflows.name,
  workflowVersion: runs.workflowVersion,
  taskId: runs.taskId,
  scheduleId: runs.scheduleId,
  parentRunId: runs.parentRunId,
  originRunId: runs.originRunId,
  trigger: runs.trigger,
  status: runs.status,
  blockedReason: runs.blockedReason,
  outcome: runs.outcome,
  error: runs.error,
  createdAt: runs.createdAt,
  startedAt: runs.startedAt,
  endedAt: runs.endedAt,
}

type SummaryRow = Omit<RunSummary, 'trigger' | 'status' | 'outcome' | 'error' | 'durationMs' | 'costUsd'> & {
  trigger: string
  status: string
  outcome: string | null
  error: unknown
}

const mine = (ctx: Ctx, id: Id<'run'>) => and(eq(runs.id, id), visible(ctx, runs.projectId))

export async function find(ctx: Ctx, id: Id<'run'>) {
  const rows = await ctx.db
    .select({ ...summary, input: runs.input, output: runs.output })
    .from(runs)
    .innerJoin(workflows, eq(workflows.id, runs.workflowId))
    .where(mine(ctx, id))
  const row = rows[0]
  return row && { ...toSummary(row), input: row.input, output: row.output }
}

export async function findSummary(ctx: Ctx, id: Id<'run'>): Promise<{ projectId: Id<'project'>; status: Status } | undefined> {
  const rows = await ctx.db.select({ projectId: runs.projectId, status: runs.status }).from(runs).where(mine(ctx, id))
  return rows[0] && { projectId: rows[0].projectId, status: rows[0].status as Status }
}

export async function list(ctx: Ctx, query: RunQuery): Promise<Page<RunSummary>> {
  // ids are made in the order of time, so that the key of the table is also the order of the list
  const page = keyset(
    { ...query, sort: query.sort === 'createdAt' ? 'id' : query.sort === '-createdAt' ? '-id' : (query.sort ?? '-id') },
    { id: runs.id },
    runs.id,
    '-id',
  )
  const filter = and(
    visible(ctx, runs.projectId),
    query.projectId && eq(runs.projectId, query.projectId),
    query.workflowId && eq(runs.workflowId, query.workflowId),
    query.scheduleId && eq(runs.scheduleId, query.scheduleId),
    query.status ? inArray(runs.status, words(query.status)) : undefined,
    query.q ? sql`${workflows.name} ilike ${`%${query.q.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`}` : undefined,
  )
  const rows = await ctx.db
    .select(summary)
    .from(runs)
    .innerJoin(workflows, eq(workflows.id, runs.workflowId))
    .where(and(filter, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  return { ...toPage(rows.map(toSummary), page), ...(query.count && (await countUpTo(ctx, filter))) }
}

const mostCounted = 100_000

/** How many there are, counted no further than is worth the time. */
async function countUpTo(ctx: Ctx, filter: SQL | undefined): Promise<{ total: number }> {
  const found = ctx.db
    .select({ id: runs.id })
    .from(runs)
    .innerJoin(workflows, eq(workflows.id, runs.workflowId))
    .where(filter)
    .limit(mostCounted)
    .as('found')
  const [row] = await ctx.db.select({ total: count() }).from(found)
  return { total: row?.total ?? 0 }
}

/** Steps that have ended and steps that live, by ordinal, and how far the plan is. */
export async function findSteps(ctx: Ctx, id: Id<'run'>) {
  const uuid = uuidOf('run', id)
  const [ended, live, state] = await Promise.all([
    ctx.db.select().from(steps).where(eq(steps.runId, uuid)).orderBy(steps.ordinal),
    ctx.db.select().from(liveSteps).where(eq(liveSteps.runId, uuid)).orderBy(liveSteps.ordinal),
    ctx.db.select({ nodes: runState.nodes, fans: runState.fans }).from(runState).where(eq(runState.runId, uuid)),
  ])
  return { ended, live, state: state[0] }
}
export type EndedStep = typeof steps.$inferSelect
export type LiveStep = typeof liveSteps.$inferSelect

export type SlotState = { key: string; limit: number; holders: string[] }

/** The concurrency key that a run waits for, with those that hold its places. */
export async function findSlot(ctx: Ctx, id: Id<'run'>): Promise<SlotState | null> {
  const [row] = await ctx.db
    .select({ key: runState.slotKey, limit: runState.slotLimit })
    .from(runState)
    .where(and(eq(runState.runId, uuidOf('run', id)), eq(runState.slotWaiting, true)))
  if (!row?.key) return null
  const held = await ctx.db.select({ runId: slots.runId }).from(slots).where(eq(slots.key, row.key))
  return { key: row.key.slice(row.key.indexOf('/') + 1), limit: row.limit ?? 1, holders: held.map((each) => fromUuid('run', each.runId)) }
}

export type PoolState = { pool: string; lastSeenAt: string | null; ready: number }

/** For each queue of workers when somebody was last heard of who takes from it, and how many steps wait. */
export async function findPools(ctx: Ctx): Promise<PoolState[]> {
  const { rows } = await ctx.db.execute<{ pool: string; last_seen_at: Date | null; ready: string }>(sql`
    select p.pool, (select max(w.seen_at) from ${workers} w where p.pool = any(w.pools)) as last_seen_at,
      (select count(*) from (select 1 from ${liveSteps} l where l.pool = p.pool and l.state = 0 and l.ready_at <= now() limit 10000) c) as ready
    from (select distinct unnest(pools) as pool from ${workers}) p`)
  return rows.map((row) => ({
    pool: row.pool,
    lastSeenAt: row.last_seen_at && new Date(row.last_seen_at).toISOString(),
    ready: Number(row.ready),
  }))
}

/** Attempts that failed or were lost before the last one. */
export const findAttempts = (ctx: Ctx, id: Id<'run'>) =>
  ctx.db
    .select()
    .from(attempts)
    .where(eq(attempts.runId, uuidOf('run', id)))

/** The runs that a run's steps wait for. */
export async function findChildren(ctx: Ctx, id: Id<'run'>): Promise<{ id: Id<'run'>; ordinal: number | null }[]> {
  const rows = await ctx.db
    .select({ id: runState.runId, ordinal: runState.parentOrdinal })
    .from(runState)
    .where(eq(runState.parentRunId, uuidOf('run', id)))
  return rows.map((row) => ({ id: fromUuid('run', row.id), ordinal: row.ordinal }))
}

function toSummary(row: SummaryRow): RunSummary {
  return {
    ...row,
    trigger: row.trigger as RunTrigger,
    status: row.status as Status,
    outcome: row.outcome as Outcome | null,
    error: row.error as RunError | null,
    durationMs: row.startedAt !== null && row.endedAt !== null ? Date.parse(row.endedAt) - Date.parse(row.startedAt) : null,
    costUsd: null,
  }
}
