import { type Ctx, keyset, toPage, uuidOf, visible, words } from '@orrery/core'
import type { Id, LogPage, LogQuery, Outcome, Page, RunError, RunQuery, RunSummary, RunTrigger, Status } from '@orrery/shared-types'
import { and, eq, getTableColumns, gt, inArray, sql } from 'drizzle-orm'
import { liveSteps, logChunks, runState, runs, stepIdOf, steps } from '../engine/index.ts'
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
  trigger: runs.trigger,
  status: runs.status,
  outcome: runs.outcome,
  error: runs.error,
  createdAt: runs.createdAt,
  startedAt: runs.startedAt,
  endedAt: runs.endedAt,
}

type SummaryRow = Omit<RunSummary, 'trigger' | 'status' | 'outcome' | 'error' | 'blockedReason' | 'durationMs' | 'costUsd'> & {
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
  const rows = await ctx.db
    .select(summary)
    .from(runs)
    .innerJoin(workflows, eq(workflows.id, runs.workflowId))
    .where(
      and(
        visible(ctx, runs.projectId),
        query.projectId && eq(runs.projectId, query.projectId),
        query.workflowId && eq(runs.workflowId, query.workflowId),
        query.scheduleId && eq(runs.scheduleId, query.scheduleId),
        query.status ? inArray(runs.status, words(query.status)) : undefined,
        query.q ? sql`${workflows.name} ilike ${`%${query.q.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`}` : undefined,
        page.where,
      ),
    )
    .orderBy(...page.orderBy)
    .limit(page.limit)
  return toPage(rows.map(toSummary), page)
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

/** Whole pieces of log, in the order in which they were committed, after a cursor. */
export async function findLogs(ctx: Ctx, id: Id<'run'>, query: LogQuery): Promise<LogPage & { ordinals: number[] }> {
  const after = Number(query.cursor ?? 0)
  const { runId, ...columns } = getTableColumns(logChunks)
  const rows = await ctx.db
    .select(columns)
    .from(logChunks)
    .where(and(eq(runId, uuidOf('run', id)), gt(logChunks.id, Number.isSafeInteger(after) ? after : 0)))
    .orderBy(logChunks.id)
    .limit(query.limit ?? 500)
  const items: LogPage['items'] = []
  const ordinals: number[] = []
  let last = String(after || 0)
  for (const chunk of rows) {
    const lines = chunk.lines as { at: string; stream: 'stdout' | 'stderr' | 'system'; text: string }[]
    const stepId = stepIdOf(id, chunk.ordinal)
    last = String(chunk.id)
    if (query.stepId !== undefined && query.stepId !== stepId) continue
    for (const line of lines) {
      items.push({ cursor: last, stepId, stepKey: '', itemIndex: null, attempt: chunk.attempt, ...line })
      ordinals.push(chunk.ordinal)
    }
    if (items.length >= (query.limit ?? 500)) break
  }
  return { items, nextCursor: last, ordinals }
}

function toSummary(row: SummaryRow): RunSummary {
  return {
    ...row,
    trigger: row.trigger as RunTrigger,
    status: row.status as Status,
    outcome: row.outcome as Outcome | null,
    error: row.error as RunError | null,
    blockedReason: null,
    durationMs: row.startedAt !== null && row.endedAt !== null ? Date.parse(row.endedAt) - Date.parse(row.startedAt) : null,
    costUsd: null,
  }
}
