import { type Ctx, fromUuid } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { sql } from 'drizzle-orm'

/** Something that goes on for a project that was deleted. */
export type Leftover =
  | { kind: 'schedule'; id: Id<'schedule'> }
  | { kind: 'hook'; id: Id<'hook'> }
  | { kind: 'webhook'; id: Id<'webhook'> }
  | { kind: 'run'; id: Id<'run'> }

/** What goes on for projects that were deleted within so many days, up to `limit` of it: first what would begin something new. */
export async function findLeftovers(ctx: Ctx, days: number, limit: number): Promise<Leftover[]> {
  const { rows } = await ctx.db.execute<{ kind: Leftover['kind']; id: string }>(sql`
    with gone as materialized (select project_id from platform.deleted_projects where at > now() - ${days}::int * interval '1 day')
    select 'schedule' as kind, s.id from gone join scheduler.schedules s using (project_id) where s.status = 'active'
    union all select 'hook', h.id from gone join scheduler.hooks h using (project_id) where h.enabled
    union all select 'webhook', w.id from gone join scheduler.webhooks w using (project_id) where w.enabled
    union all select 'run', r.run_id from gone join scheduler.run_state r using (project_id)
    limit ${limit}`)
  return rows.map(({ kind, id }) => ({ kind, id: fromUuid(kind, id) }) as Leftover)
}
