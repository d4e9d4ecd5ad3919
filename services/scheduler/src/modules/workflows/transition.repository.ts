import { actorId, type Ctx, type TxCtx } from '@orrery/core'
import type { Id, Page, TransitionQuery, WorkflowPhase, WorkflowSummary, WorkflowTransition } from '@orrery/shared-types'
import { and, desc, eq, lt } from 'drizzle-orm'
import { workflowTransitions } from './workflow.table.ts'

type Stage = Pick<WorkflowSummary, 'status' | 'pausedAt' | 'publishedVersion'>

const phaseOf = ({ status, pausedAt }: Stage): WorkflowPhase =>
  status === 'published' && pausedAt !== null ? 'paused' : (status as WorkflowPhase)

/** Notes a step in the life of a workflow, in the transaction that takes it. */
export async function insert(
  ctx: TxCtx,
  before: Stage | null,
  after: Stage & { id: Id<'workflow'> },
  reason: string | null,
): Promise<void> {
  await ctx.db.insert(workflowTransitions).values({
    workflowId: after.id,
    fromStatus: before && phaseOf(before),
    toStatus: phaseOf(after),
    publishedVersion: after.publishedVersion,
    reason,
    actorKind: ctx.actor.kind,
    actorId: actorId(ctx.actor),
  })
}

export async function list(ctx: Ctx, id: Id<'workflow'>, { limit = 50, cursor }: TransitionQuery): Promise<Page<WorkflowTransition>> {
  const before = Number(cursor ?? Number.MAX_SAFE_INTEGER)
  const rows = await ctx.db
    .select()
    .from(workflowTransitions)
    .where(and(eq(workflowTransitions.workflowId, id), lt(workflowTransitions.id, Number.isSafeInteger(before) ? before : 0)))
    .orderBy(desc(workflowTransitions.id))
    .limit(limit)
  return { items: rows.map(present), nextCursor: rows.length === limit ? String(rows.at(-1)?.id) : null }
}

const present = (row: typeof workflowTransitions.$inferSelect): WorkflowTransition => ({
  fromStatus: row.fromStatus as WorkflowPhase | null,
  toStatus: row.toStatus as WorkflowPhase,
  publishedVersion: row.publishedVersion,
  reason: row.reason,
  actor: { kind: row.actorKind, id: row.actorId },
  occurredAt: row.occurredAt,
})
