import { type Ctx, keyset, one, type TxCtx, toPage, uuidOf } from '@orrery/core'
import type { Activity, ActivityInput, Id, Page, PageQuery } from '@orrery/shared-types'
import { and, count, eq, sql } from 'drizzle-orm'
import { activities } from './activity.table.ts'

type Report = ActivityInput & { id: Id<'activity'> }

/** Keeps all reports by one statement with one parameter. */
export async function insertAll(ctx: TxCtx, reports: Report[]): Promise<void> {
  const rows = reports.map(({ id, agentId, action, details = {}, occurredAt, runId, taskId }) => ({
    id: uuidOf('activity', id),
    agent_id: uuidOf('agent', agentId),
    action,
    details,
    occurred_at: occurredAt,
    run_id: runId && uuidOf('run', runId),
    task_id: taskId && uuidOf('task', taskId),
  }))
  await ctx.db.execute(sql`
    insert into agents.activities (id, agent_id, action, details, occurred_at, run_id, task_id)
    select id, agent_id, action, details, coalesce(occurred_at, clock_timestamp()), run_id, task_id
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r (id uuid, agent_id uuid, action text, details jsonb, occurred_at timestamptz(3), run_id uuid, task_id uuid)`)
}

export async function list(ctx: Ctx, agentId: Id<'agent'>, query: Omit<PageQuery, 'q'>): Promise<Page<Activity>> {
  const page = keyset(query, { occurredAt: activities.occurredAt }, activities.id, '-occurredAt')
  const of = eq(activities.agentId, agentId)
  const rows = await ctx.db
    .select()
    .from(activities)
    .where(and(of, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const total = query.count ? one(await ctx.db.select({ total: count() }).from(activities).where(of)) : {}
  return { ...toPage(rows, page), ...total }
}
