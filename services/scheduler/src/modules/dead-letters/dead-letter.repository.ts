import { type Ctx, fromUuid, type TxCtx, visible } from '@orrery/core'
import type { DeadLetter, DeadLetterQuery, Id } from '@orrery/shared-types'
import { and, desc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import { logChunks, readStepId, stepIdOf } from '../engine/index.ts'
import { workflows } from '../workflows/index.ts'
import { deadLetters } from './dead-letter.table.ts'

type Row = typeof deadLetters.$inferSelect & { workflowName: string; lastLines: string[] | null }
export type Found = Row

const isOpen = and(isNull(deadLetters.redrivenAt), isNull(deadLetters.dismissedAt))
const states: Record<string, SQL | undefined> = {
  open: isOpen,
  redriven: isNotNull(deadLetters.redrivenAt),
  dismissed: isNotNull(deadLetters.dismissedAt),
}

// the last lines that any attempt of the step wrote
const lastLines = sql<string[] | null>`(
  select json_agg(text order by place) from (
    select l.line->>'text' as text, row_number() over (order by c.id, l.nth) as place from (
      select id, lines from ${logChunks} where run_id = ${deadLetters.runId} and ordinal = ${deadLetters.ordinal} order by id desc limit 20
    ) c, json_array_elements(c.lines) with ordinality l(line, nth) order by c.id desc, l.nth desc limit 20) t)`

const select = (ctx: Ctx) =>
  ctx.db
    .select({
      runId: deadLetters.runId,
      ordinal: deadLetters.ordinal,
      projectId: deadLetters.projectId,
      workflowId: deadLetters.workflowId,
      workflowName: workflows.name,
      stepKey: deadLetters.stepKey,
      item: deadLetters.item,
      queue: deadLetters.queue,
      code: deadLetters.code,
      message: deadLetters.message,
      attempt: deadLetters.attempt,
      at: deadLetters.at,
      redrivenAt: deadLetters.redrivenAt,
      redrivenRunId: deadLetters.redrivenRunId,
      dismissedAt: deadLetters.dismissedAt,
      lastLines,
    })
    .from(deadLetters)
    .innerJoin(workflows, eq(workflows.id, deadLetters.workflowId))

export async function list(ctx: Ctx, query: DeadLetterQuery): Promise<{ items: Row[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50
  const after = query.cursor === undefined ? undefined : readStepId(query.cursor)
  const rows = await select(ctx)
    .where(
      and(
        visible(ctx, deadLetters.projectId),
        query.projectId && eq(deadLetters.projectId, query.projectId),
        query.queue === undefined ? undefined : eq(deadLetters.queue, query.queue),
        states[query.state ?? 'open'],
        after && sql`(${deadLetters.runId}, ${deadLetters.ordinal}) < (${after.run}, ${after.ordinal})`,
      ),
    )
    .orderBy(desc(deadLetters.runId), desc(deadLetters.ordinal))
    .limit(limit)
  const last = rows.at(-1)
  return { items: rows, nextCursor: rows.length === limit && last ? idOf(last) : null }
}

export async function find(ctx: Ctx, id: Id<'step'>): Promise<Row | undefined> {
  const ref = readStepId(id)
  if (!ref) return undefined
  const rows = await select(ctx).where(
    and(eq(deadLetters.runId, ref.run), eq(deadLetters.ordinal, ref.ordinal), visible(ctx, deadLetters.projectId)),
  )
  return rows[0]
}

/** The open ones of a project, oldest first, one for each run. */
export async function findOpenRuns(
  ctx: Ctx,
  { projectId, queue }: { projectId: Id<'project'>; queue?: string | undefined },
  limit: number,
): Promise<{ runId: Id<'run'>; stepKey: string }[]> {
  const rows = await ctx.db
    .selectDistinctOn([deadLetters.runId], { runId: deadLetters.runId, stepKey: deadLetters.stepKey })
    .from(deadLetters)
    .where(and(eq(deadLetters.projectId, projectId), queue === undefined ? undefined : eq(deadLetters.queue, queue), isOpen))
    .orderBy(deadLetters.runId)
    .limit(limit)
  return rows.map((row) => ({ runId: fromUuid('run', row.runId), stepKey: row.stepKey }))
}

export async function dismiss(ctx: TxCtx, id: Id<'step'>): Promise<boolean> {
  const ref = readStepId(id)
  if (!ref) return false
  const rows = await ctx.db
    .update(deadLetters)
    .set({ dismissedAt: sql`now()` })
    .where(and(eq(deadLetters.runId, ref.run), eq(deadLetters.ordinal, ref.ordinal), isOpen))
    .returning({ runId: deadLetters.runId })
  return rows.length > 0
}

/** How many are open, by queue. */
export async function countOpen(ctx: Ctx, projectId: Id<'project'> | null): Promise<{ name: string; count: number }[]> {
  return ctx.db
    .select({ name: deadLetters.queue, count: sql<number>`count(*)::int` })
    .from(deadLetters)
    .where(and(projectId === null ? undefined : eq(deadLetters.projectId, projectId), isOpen))
    .groupBy(deadLetters.queue)
}

export const idOf = (row: Pick<Row, 'runId' | 'ordinal'>): Id<'step'> => stepIdOf(fromUuid('run', row.runId), row.ordinal)

export const present = (row: Row): DeadLetter => ({
  id: idOf(row),
  runId: fromUuid('run', row.runId),
  projectId: row.projectId,
  workflowId: row.workflowId,
  workflowName: row.workflowName,
  stepKey: row.stepKey,
  itemIndex: row.item,
  queue: row.queue,
  code: row.code as DeadLetter['code'],
  message: row.message,
  attempt: row.attempt,
  at: row.at,
  lastLines: row.lastLines ?? [],
  redrivenAt: row.redrivenAt,
  redrivenRunId: row.redrivenRunId,
  dismissedAt: row.dismissedAt,
})
