import { type Ctx, keyset, one, type TxCtx, toPage, visible, words } from '@orrery/core'
import type { DefinitionSource, Id, Page, WorkflowQuery, WorkflowSummary, WorkflowVersion } from '@orrery/shared-types'
import { and, count, desc, eq, ilike, inArray, or, sql } from 'drizzle-orm'
import { workflows, workflowVersions } from './workflow.table.ts'

type Row = typeof workflows.$inferSelect

const mine = (ctx: Ctx, id: Id<'workflow'>) => and(eq(workflows.id, id), visible(ctx, workflows.projectId))

export async function find(ctx: Ctx, id: Id<'workflow'>): Promise<WorkflowSummary | undefined> {
  const rows = await ctx.db.select().from(workflows).where(mine(ctx, id))
  return rows[0] && toSummary(rows[0])
}

/** Holds the row until the transaction ends. */
export async function lock(ctx: TxCtx, id: Id<'workflow'>): Promise<WorkflowSummary | undefined> {
  const rows = await ctx.db.select().from(workflows).where(mine(ctx, id)).for('update')
  return rows[0] && toSummary(rows[0])
}

export async function findBySlug(ctx: Ctx, projectId: Id<'project'>, slug: string): Promise<WorkflowSummary | undefined> {
  const rows = await ctx.db
    .select()
    .from(workflows)
    .where(and(eq(workflows.projectId, projectId), eq(workflows.slug, slug), visible(ctx, workflows.projectId)))
  return rows[0] && toSummary(rows[0])
}

export async function insert(ctx: TxCtx, row: Pick<Row, 'id' | 'projectId' | 'slug' | 'name'>): Promise<WorkflowSummary | undefined> {
  const rows = await ctx.db
    .insert(workflows)
    .values(row)
    .onConflictDoNothing({ target: [workflows.projectId, workflows.slug] })
    .returning()
  return rows[0] && toSummary(rows[0])
}

export async function update(ctx: TxCtx, id: Id<'workflow'>, set: Partial<Row>): Promise<WorkflowSummary> {
  const rows = await ctx.db
    .update(workflows)
    .set({ ...set, version: sql`${workflows.version} + 1`, updatedAt: sql`now()` })
    .where(eq(workflows.id, id))
    .returning()
  return toSummary(one(rows))
}

/** By the database's clock. */
export async function pause(ctx: TxCtx, id: Id<'workflow'>): Promise<WorkflowSummary> {
  const rows = await ctx.db
    .update(workflows)
    .set({ pausedAt: sql`now()`, version: sql`${workflows.version} + 1`, updatedAt: sql`now()` })
    .where(eq(workflows.id, id))
    .returning()
  return toSummary(one(rows))
}

export async function list(ctx: Ctx, query: WorkflowQuery): Promise<Page<WorkflowSummary>> {
  const page = keyset(
    query,
    { updatedAt: workflows.updatedAt, createdAt: workflows.createdAt, name: workflows.name },
    workflows.id,
    '-updatedAt',
  )
  const like = `%${(query.q ?? '').replaceAll(/[%_\\]/g, String.raw`\$&`)}%`
  const filter = and(
    visible(ctx, workflows.projectId),
    query.projectId && eq(workflows.projectId, query.projectId),
    query.status ? inArray(workflows.status, words(query.status)) : sql`${workflows.status} <> 'archived'`,
    query.q ? or(ilike(workflows.name, like), ilike(workflows.slug, like)) : undefined,
  )
  const rows = await ctx.db
    .select()
    .from(workflows)
    .where(and(filter, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const total = query.count ? one(await ctx.db.select({ total: count() }).from(workflows).where(filter)) : {}
  return { ...toPage(rows.map(toSummary), page), ...total }
}

export async function findVersion(ctx: Ctx, id: Id<'workflow'>, version: number): Promise<WorkflowVersion | undefined> {
  const rows = await ctx.db
    .select()
    .from(workflowVersions)
    .where(and(eq(workflowVersions.workflowId, id), eq(workflowVersions.version, version)))
  return rows[0] && toVersion(rows[0])
}

/** Writes a draft: a new version, or the same one again while it was never published. */
export async function writeVersion(
  ctx: TxCtx,
  row: Pick<typeof workflowVersions.$inferInsert, 'workflowId' | 'version' | 'definition' | 'valid' | 'createdBy'>,
): Promise<void> {
  const { definition, valid } = row
  await ctx.db
    .insert(workflowVersions)
    .values(row)
    .onConflictDoUpdate({
      target: [workflowVersions.workflowId, workflowVersions.version],
      set: { definition, valid },
      setWhere: sql`${workflowVersions.publishedAt} is null`,
    })
}

export async function markPublished(ctx: TxCtx, id: Id<'workflow'>, version: number): Promise<void> {
  await ctx.db
    .update(workflowVersions)
    .set({ publishedAt: sql`coalesce(${workflowVersions.publishedAt}, now())` })
    .where(and(eq(workflowVersions.workflowId, id), eq(workflowVersions.version, version)))
}

export async function listVersions(ctx: Ctx, id: Id<'workflow'>): Promise<WorkflowVersion[]> {
  const rows = await ctx.db
    .select()
    .from(workflowVersions)
    .where(eq(workflowVersions.workflowId, id))
    .orderBy(desc(workflowVersions.version))
    .limit(200)
  return rows.map(toVersion)
}

const toSummary = (row: Row): WorkflowSummary => ({ ...row, status: row.status as WorkflowSummary['status'] })
const toVersion = (row: typeof workflowVersions.$inferSelect): WorkflowVersion => ({
  ...row,
  definition: row.definition as DefinitionSource,
})

export { workflows }
