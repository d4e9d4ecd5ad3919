import { type Ctx, fromUuid, uuidOf, visible } from '@orrery/core'
import type { Approval, ApprovalQuery, ApprovalState, Id, ProjectRole } from '@orrery/shared-types'
import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm'
import { readStepId, stepIdOf } from '../engine/index.ts'
import { workflows } from '../workflows/index.ts'
import { approvals } from './approval.table.ts'

type Row = typeof approvals.$inferSelect & { workflowName: string }

const select = (ctx: Ctx) =>
  ctx.db
    .select({ ...getTableColumns(approvals), workflowName: workflows.name })
    .from(approvals)
    .innerJoin(workflows, eq(workflows.id, approvals.workflowId))

export async function list(ctx: Ctx, query: ApprovalQuery): Promise<{ items: Approval[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50
  const after = query.cursor === undefined ? undefined : readStepId(query.cursor)
  const rows = await select(ctx)
    .where(
      and(
        visible(ctx, approvals.projectId),
        query.projectId && eq(approvals.projectId, query.projectId),
        query.runId && eq(approvals.runId, uuidOf('run', query.runId)),
        query.state && eq(approvals.state, query.state),
        after && sql`(${approvals.runId}, ${approvals.ordinal}) < (${after.run}, ${after.ordinal})`,
      ),
    )
    .orderBy(desc(approvals.runId), desc(approvals.ordinal))
    .limit(limit)
  const items = rows.map(present)
  return { items, nextCursor: rows.length === limit ? (items.at(-1)?.id ?? null) : null }
}

export async function find(ctx: Ctx, id: Id<'step'>): Promise<Approval | undefined> {
  const ref = readStepId(id)
  if (!ref) return undefined
  const [row] = await select(ctx).where(
    and(eq(approvals.runId, ref.run), eq(approvals.ordinal, ref.ordinal), visible(ctx, approvals.projectId)),
  )
  return row && present(row)
}

const present = ({ runId, ordinal, item, ...row }: Row): Approval => ({
  ...row,
  id: stepIdOf(fromUuid('run', runId), ordinal),
  runId: fromUuid('run', runId),
  itemIndex: item,
  role: row.role as ProjectRole,
  state: row.state as ApprovalState,
  onExpire: row.onExpire as Approval['onExpire'],
})
