import { type Ctx, newId, one, type TxCtx, uuidOf } from '@orrery/core'
import type { Id, Queue, QueueSetting } from '@orrery/shared-types'
import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { liveSteps, workers } from '../engine/index.ts'
import { queues } from './queue.table.ts'

type Row = typeof queues.$inferSelect
export type Setting = Row
/** Whose queue is meant: the installation's as a whole, or as far as a project goes. */
export type Scope = Id<'project'> | null

const inScope = (scope: Scope) => (scope === null ? isNull(queues.projectId) : eq(queues.projectId, scope))

/** What was set for a project's queues, or for the installation's. */
export const findSettings = (ctx: Ctx, scope: Scope): Promise<Row[]> => ctx.db.select().from(queues).where(inScope(scope))

/** Makes the row of a queue if there is none yet, and holds it until the transaction ends. */
export async function lock(ctx: TxCtx, name: string, scope: Scope): Promise<Row> {
  await ctx.db
    .insert(queues)
    .values({ id: newId('queue'), name, projectId: scope })
    .onConflictDoNothing()
  return one(
    await ctx.db
      .select()
      .from(queues)
      .where(and(eq(queues.name, name), inScope(scope)))
      .for('update'),
  )
}

export async function update(ctx: TxCtx, id: Row['id'], set: { paused?: boolean; most?: number | null }): Promise<Row> {
  const { paused, most } = set
  const rows = await ctx.db
    .update(queues)
    .set({
      ...(paused !== undefined && { pausedAt: paused ? sql`coalesce(${queues.pausedAt}, now())` : null }),
      ...(most !== undefined && { most }),
      version: sql`${queues.version} + 1`,
      updatedAt: sql`now()`,
    })
    .where(eq(queues.id, id))
    .returning()
  return one(rows)
}

export type Load = Pick<Queue, 'ready' | 'scheduled' | 'running' | 'oldestReadyAt' | 'oldestAgeMs'> & { name: string }

const within = (scope: Scope): SQL => (scope === null ? sql`true` : sql`project_id = ${uuidOf('project', scope)}`)

/** What waits and runs, by queue. The rows are the steps that have not ended: few beside the history. */
export async function findLoad(ctx: Ctx, scope: Scope): Promise<Load[]> {
  const { rows } = await ctx.db.execute<{
    name: string
    ready: number
    scheduled: number
    running: number
    oldest: Date | null
    age: string | null
  }>(sql`
    select split_part(pool, '/', 1) as name,
      count(*) filter (where state = 0 and ready_at <= now())::int as ready,
      count(*) filter (where state = 0 and ready_at > now())::int as scheduled,
      count(*) filter (where state = 1)::int as running,
      min(ready_at) filter (where state = 0 and ready_at <= now()) as oldest,
      floor(extract(epoch from now() - min(ready_at) filter (where state = 0 and ready_at <= now())) * 1000) as age
    from ${liveSteps} where pool is not null and state < 2 and ${within(scope)} group by 1`)
  return rows.map(({ oldest, age, ...row }) => ({
    ...row,
    oldestReadyAt: oldest && new Date(oldest).toISOString(),
    oldestAgeMs: age === null ? null : Math.max(Number(age), 0),
  }))
}

export type Crew = { name: string; workers: number; lastSeenAt: string }

/** Who takes from which queue: the installation's own, and those of a project's workers. */
export async function findCrews(ctx: Ctx, scope: Scope): Promise<Crew[]> {
  const mine = scope === null ? sql`true` : sql`(pool not like 'queue:%' or pool like ${`%/${uuidOf('project', scope)}`})`
  const { rows } = await ctx.db.execute<{ name: string; workers: number; seen: Date }>(sql`
    select split_part(pool, '/', 1) as name, count(distinct id) filter (where seen_at > now() - interval '45 s')::int as workers, max(seen_at) as seen
    from (select id, seen_at, unnest(pools) as pool from ${workers}) w where ${mine} group by 1`)
  return rows.map((row) => ({ name: row.name, workers: row.workers, lastSeenAt: new Date(row.seen).toISOString() }))
}

/** Ready steps of a queue, oldest first. */
export async function findReady(
  ctx: Ctx,
  name: string,
  project: Id<'project'>,
  limit: number,
): Promise<{ run: string; ordinal: number }[]> {
  const { rows } = await ctx.db.execute<{ run: string; ordinal: number }>(sql`
    select run_id as run, ordinal from ${liveSteps}
    where project_id = ${uuidOf('project', project)} and state = 0 and ${or(sql`pool = ${name}`, sql`pool like ${`${name}/%`}`)}
    order by ready_at limit ${limit}`)
  return rows
}

export const toSetting = (row: Row): QueueSetting => ({ name: row.name, projectId: row.projectId, pausedAt: row.pausedAt, limit: row.most })
