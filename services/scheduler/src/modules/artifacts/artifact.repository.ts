import { type Ctx, fromUuid, keyset, one, type SqlPool, type TxCtx, toPage, uuidOf, visible } from '@orrery/core'
import type { Artifact, ArtifactQuery, Id, Page } from '@orrery/shared-types'
import { and, count, eq, inArray, lte, sql, sum } from 'drizzle-orm'
import { live, liveSteps, readStepId, runState, runs, stepIdOf } from '../engine/index.ts'
import { artifacts } from './artifact.table.ts'

export type ArtifactRow = typeof artifacts.$inferSelect
export type Attempt = { run: string; ordinal: number; attempt: number }

const mine = (ctx: Ctx, id: Id<'artifact'>) => and(eq(artifacts.id, id), visible(ctx, artifacts.projectId))

export async function find(ctx: Ctx, id: Id<'artifact'>): Promise<ArtifactRow | undefined> {
  return (await ctx.db.select().from(artifacts).where(mine(ctx, id)))[0]
}

export async function lock(ctx: TxCtx, id: Id<'artifact'>): Promise<ArtifactRow | undefined> {
  return (await ctx.db.select().from(artifacts).where(mine(ctx, id)).for('update'))[0]
}

export async function canSeeRun(ctx: Ctx, id: Id<'run'>): Promise<boolean> {
  const rows = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.id, id), visible(ctx, runs.projectId)))
  return rows.length > 0
}

export async function list(ctx: Ctx, run: Id<'run'>, query: ArtifactQuery): Promise<Page<Artifact>> {
  const page = keyset({ ...query, sort: 'createdAt' }, { createdAt: artifacts.createdAt }, artifacts.id, 'createdAt')
  const step = query.stepId === undefined ? undefined : readStepId(query.stepId)
  const rows = await ctx.db
    .select()
    .from(artifacts)
    .where(
      and(
        eq(artifacts.runId, uuidOf('run', run)),
        visible(ctx, artifacts.projectId),
        query.stepId === undefined ? undefined : and(eq(artifacts.runId, step?.run ?? ''), eq(artifacts.ordinal, step?.ordinal ?? 0)),
        query.step === undefined ? undefined : eq(artifacts.stepKey, query.step),
        page.where,
      ),
    )
    .orderBy(...page.orderBy)
    .limit(page.limit)
  return toPage(rows.map(toArtifact), page)
}

const leased = (attempt: Attempt) =>
  and(
    eq(liveSteps.runId, attempt.run),
    eq(liveSteps.ordinal, attempt.ordinal),
    eq(liveSteps.attempt, attempt.attempt),
    eq(liveSteps.state, live.leased),
  )

/** Whether an attempt holds its lease. */
export async function holdsLease(ctx: Ctx, attempt: Attempt): Promise<boolean> {
  return (await ctx.db.select({ node: liveSteps.node }).from(liveSteps).where(leased(attempt))).length > 0
}

/** The step of an attempt that holds its lease. It keeps it until the transaction ends. */
export async function keepLease(ctx: TxCtx, attempt: Attempt) {
  const [step] = await ctx.db
    .select({ node: liveSteps.node, item: liveSteps.item, projectId: liveSteps.projectId })
    .from(liveSteps)
    .where(leased(attempt))
    .for('share')
  const [run] = await ctx.db
    .select({ workflow: runState.workflowId, version: runState.workflowVersion })
    .from(runState)
    .where(eq(runState.runId, attempt.run))
  return step && run && { ...step, ...run }
}

/** Lets one upload of a run at a time count what is there and add to it. */
export const lockTotals = (ctx: TxCtx, run: string) =>
  ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`orrery:artifacts:${run}`}, 0))`)

export async function totals(ctx: Ctx, run: string): Promise<{ count: number; bytes: number }> {
  const [row] = await ctx.db
    .select({ count: count(), bytes: sum(artifacts.sizeBytes) })
    .from(artifacts)
    .where(eq(artifacts.runId, run))
  return { count: row?.count ?? 0, bytes: Number(row?.bytes ?? 0) }
}

export async function findByName(ctx: Ctx, { run, ordinal, attempt }: Attempt, name: string): Promise<ArtifactRow | undefined> {
  const same = and(eq(artifacts.runId, run), eq(artifacts.ordinal, ordinal), eq(artifacts.attempt, attempt), eq(artifacts.name, name))
  return (await ctx.db.select().from(artifacts).where(same))[0]
}

export type NewArtifact = Omit<ArtifactRow, 'createdAt' | 'expiresAt'> & { keepDays: number }

export async function insert(ctx: TxCtx, { keepDays, ...row }: NewArtifact): Promise<ArtifactRow> {
  const expiresAt = sql`now() + ${keepDays} * interval '1 day'`
  return one(
    await ctx.db
      .insert(artifacts)
      .values({ ...row, expiresAt })
      .returning(),
  )
}

export const remove = (ctx: TxCtx, ids: Id<'artifact'>[]) => ctx.db.delete(artifacts).where(inArray(artifacts.id, ids))

/** Artifacts past their time, held until the transaction ends; those that another replica holds are left to it. */
export const lockExpired = (ctx: TxCtx, limit: number): Promise<ArtifactRow[]> =>
  ctx.db
    .select()
    .from(artifacts)
    .where(lte(artifacts.expiresAt, sql`now()`))
    .orderBy(artifacts.expiresAt)
    .limit(limit)
    .for('update', { skipLocked: true })

/** Which of these objects belong to an artifact. */
export async function knownKeys(ctx: Ctx, keys: string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const rows = await ctx.db.select({ key: artifacts.objectKey }).from(artifacts).where(inArray(artifacts.objectKey, keys))
  return new Set(rows.map((row) => row.key))
}

/** Does something in one replica at a time; where another is at it, nothing. */
export async function alone<T>(pool: SqlPool, work: () => Promise<T>): Promise<T | undefined> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock(7027010) as mine')
    if (!rows[0]?.mine) return undefined
    try {
      return await work()
    } finally {
      await client.query('select pg_advisory_unlock(7027010)')
    }
  } finally {
    client.release()
  }
}

export function toArtifact(row: ArtifactRow): Artifact {
  const { objectKey: _, runId, ordinal, ...rest } = row
  const run = fromUuid('run', runId)
  return { ...rest, runId: run, stepId: stepIdOf(run, ordinal) }
}
