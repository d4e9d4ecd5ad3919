import { type Ctx, fromUuid, uuidOf, visible } from '@orrery/core'
import type { Id, Outcome, RunError, RunSummary, RunTrigger, Status } from '@orrery/shared-types'
import { and, desc, eq, gt, lt, sql } from 'drizzle-orm'
import { attempts, liveSteps, runState, runs, slots, steps, workers } from '../engine/index.ts'
import { workflows } from '../workflows/index.ts'

/** The columns of a run in a list. */
export const summary = {
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

/** Steps that have ended and steps that live, by ordinal, and how far the plan is. */
export async function findSteps(ctx: Ctx, id: Id<'run'>) {
  const uuid = uuidOf('run', id)
  const [ended, live, state] = await Promise.all([
    ctx.db.select().from(steps).where(eq(steps.runId, uuid)).orderBy(steps.ordinal),
    ctx.db.select().from(liveSteps).where(eq(liveSteps.runId, uuid)).orderBy(liveSteps.ordinal),
    ctx.db.select({ nodes: runState.nodes, fans: runState.fans, ending: runState.ending }).from(runState).where(eq(runState.runId, uuid)),
  ])
  return { ended, live, state: state[0] }
}
export type EndedStep = typeof steps.$inferSelect
export type LiveStep = typeof liveSteps.$inferSelect

/** What a run that has begun nothing waits for: a place of its key, or the end of its workflow's pause. */
export type SlotState = { key: string; limit: number; holders: string[]; ahead: number; pausedAt: string | null }

/** The concurrency key that a run waits for, with those that hold its places. */
export async function findSlot(ctx: Ctx, id: Id<'run'>): Promise<SlotState | null> {
  const [row] = await ctx.db
    .select({ key: runState.slotKey, limit: runState.slotLimit, pausedAt: workflows.pausedAt })
    .from(runState)
    .innerJoin(workflows, sql`${workflows.id} = ${runState.workflowId}`)
    .where(and(eq(runState.runId, uuidOf('run', id)), eq(runState.slotWaiting, true)))
  if (!row?.key) return null
  const held = await ctx.db.select({ runId: slots.runId }).from(slots).where(eq(slots.key, row.key))
  const before = and(eq(runState.slotKey, row.key), eq(runState.slotWaiting, true), lt(runState.runId, uuidOf('run', id)))
  const ahead = await ctx.db.$count(runState, before)
  const holders = held.map((each) => fromUuid('run', each.runId))
  return { key: row.key.slice(row.key.indexOf('/') + 1), limit: row.limit ?? 1, holders, ahead, pausedAt: row.pausedAt }
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

export type QueueState = { name: string; ofProject: boolean; pausedAt: string | null; limit: number | null; running: number }

/** What was set for the queues that a project's steps wait in, and how many steps it counts just now. */
export async function findBounds(ctx: Ctx, projectId: Id<'project'>): Promise<QueueState[]> {
  const { rows } = await ctx.db.execute<{
    name: string
    of_project: boolean
    paused_at: Date | null
    most: number | null
    running: number
  }>(sql`
    select q.name, q.project_id is not null as of_project, q.paused_at, q.most, (
      select count(*)::int from ${liveSteps} l where l.state = 1 and (q.name = '*' or split_part(l.pool, '/', 1) = q.name)
        and (q.project_id is null or l.project_id = q.project_id)) as running
    from scheduler.queues q where (q.project_id is null or q.project_id = ${uuidOf('project', projectId)}) and (q.paused_at is not null or q.most is not null)`)
  return rows.map(({ name, of_project, paused_at, most, running }) => ({
    name,
    ofProject: of_project,
    pausedAt: paused_at && new Date(paused_at).toISOString(),
    limit: most,
    running,
  }))
}

/** Attempts that failed or were lost before the last one. */
export const findAttempts = (ctx: Ctx, id: Id<'run'>) =>
  ctx.db
    .select()
    .from(attempts)
    .where(eq(attempts.runId, uuidOf('run', id)))

export type Child = { id: Id<'run'>; ordinal: number | null }

/** A run is older than those that it begins: months before it need not be looked through. */
export const begunBy = (parent: Id<'run'>) => and(eq(runs.parentRunId, parent), gt(runs.id, parent))

/** The runs that a run's steps began, in their order. */
export const findChildren = (ctx: Ctx, id: Id<'run'>): Promise<Child[]> =>
  ctx.db.select({ id: runs.id, ordinal: runs.parentOrdinal }).from(runs).where(begunBy(id)).orderBy(runs.id)

/** The runs that a run's steps wait for, the latest first: of a step that is tried again, the one before may still run its last steps. */
export async function findLivingChildren(ctx: Ctx, id: Id<'run'>): Promise<Child[]> {
  const rows = await ctx.db
    .select({ id: runState.runId, ordinal: runState.parentOrdinal })
    .from(runState)
    .where(eq(runState.parentRunId, uuidOf('run', id)))
    .orderBy(desc(runState.runId))
  return rows.map((row) => ({ id: fromUuid('run', row.id), ordinal: row.ordinal }))
}

export function toSummary(row: SummaryRow): RunSummary {
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
