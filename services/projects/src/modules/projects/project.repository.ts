import { type Ctx, choices, effectiveRole, keyset, matchesWords, one, type TxCtx, toPage, uuidOf, visible } from '@orrery/core'
import { type Id, type Page, type Project, type ProjectQuery, type ProjectRole, projectStatuses, riskFlags } from '@orrery/shared-types'
import { and, count, eq, getTableColumns, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { projects } from './project.table.ts'

export type ProjectRow = Omit<typeof projects.$inferSelect, 'search'>
type NewProject = Pick<ProjectRow, 'id' | 'name' | 'description' | 'parentId' | 'ownerId' | 'dueAt'>
export type Change = Partial<Pick<ProjectRow, 'name' | 'description' | 'parentId' | 'dueAt' | 'riskFlag' | 'status' | 'ownerId'>>

const { search: _search, ...columns } = getTableColumns(projects)
const treeLock = 7_027_201

export async function insert(ctx: TxCtx, project: NewProject): Promise<void> {
  await ctx.db.insert(projects).values(project)
}

/** As the caller sees it; undefined where it can't. */
export async function find(ctx: Ctx, id: Id<'project'>): Promise<Project | undefined> {
  const [row] = await ctx.db
    .select(seen(ctx))
    .from(projects)
    .where(and(shown(ctx), eq(projects.id, id)))
  return row && toProject(ctx, row)
}

/** Locks a project that the caller can see. */
export async function lock(ctx: TxCtx, id: Id<'project'>): Promise<ProjectRow | undefined> {
  const [row] = await ctx.db
    .select(columns)
    .from(projects)
    .where(and(shown(ctx), eq(projects.id, id)))
    .for('no key update')
  return row
}

/** Counts one change. An empty change counts as well: of its members, say. */
export async function update(ctx: TxCtx, id: Id<'project'>, change: Change): Promise<ProjectRow> {
  const counted = { ...change, version: sql`${projects.version} + 1`, updatedAt: sql`now()` }
  return one(await ctx.db.update(projects).set(counted).where(eq(projects.id, id)).returning(columns))
}

/** Keeps the row for the record, takes its tasks along, and tells the other services. */
export async function remove(ctx: TxCtx, id: Id<'project'>): Promise<ProjectRow> {
  const gone = { deletedAt: sql`now()`, version: sql`${projects.version} + 1`, updatedAt: sql`now()` }
  await ctx.db.execute(sql`update projects.tasks set deleted_at = now() where project_id = ${uuidOf('project', id)} and deleted_at is null`)
  await ctx.db.execute(sql`insert into platform.deleted_projects (project_id) values (${uuidOf('project', id)})`)
  return one(await ctx.db.update(projects).set(gone).where(eq(projects.id, id)).returning(columns))
}

export async function hasChildren(ctx: TxCtx, id: Id<'project'>): Promise<boolean> {
  const children = and(eq(projects.parentId, id), isNull(projects.deletedAt))
  return (await ctx.db.select({ id: projects.id }).from(projects).where(children).limit(1)).length > 0
}

/** True where `id` stands above `below` or is it. Until the transaction ends nobody else moves a project. */
export async function isAbove(ctx: TxCtx, id: Id<'project'>, below: Id<'project'>): Promise<boolean> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(${treeLock})`)
  const { rows } = await ctx.db.execute(sql`
    with recursive up as (
      select id, parent_id from projects.projects where id = ${uuidOf('project', below)}
      union select p.id, p.parent_id from projects.projects p join up on p.id = up.parent_id
    ) select 1 from up where id = ${uuidOf('project', id)}`)
  return rows.length > 0
}

export async function list(ctx: Ctx, query: ProjectQuery): Promise<Page<Project>> {
  const fields = { createdAt: projects.createdAt, updatedAt: projects.updatedAt, name: projects.name, dueAt: projects.dueAt }
  const page = keyset(query, fields, projects.id, '-createdAt')
  const filter = and(shown(ctx), ...filters(query))
  const rows = await ctx.db
    .select(seen(ctx))
    .from(projects)
    .where(and(filter, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const total = query.count ? one(await ctx.db.select({ total: count() }).from(projects).where(filter)) : {}
  const { items, nextCursor } = toPage(rows, page)
  return { items: items.map((row) => toProject(ctx, row)), nextCursor, ...total }
}

function filters(query: ProjectQuery): (SQL | undefined)[] {
  const isOverdue = sql`coalesce(${projects.dueAt} < now() and ${projects.status} = 'active', false)`
  return [
    query.status === undefined ? undefined : inArray(projects.status, choices(query.status, projectStatuses, '/status')),
    query.riskFlag === undefined ? undefined : inArray(projects.riskFlag, choices(query.riskFlag, riskFlags, '/riskFlag')),
    query.ownerId && eq(projects.ownerId, query.ownerId),
    query.overdue === undefined ? undefined : sql`${isOverdue} = ${query.overdue}`,
    query.q ? matchesWords(projects.search, query.q) : undefined,
  ]
}

const shown = (ctx: Ctx) => and(visible(ctx, projects.id), isNull(projects.deletedAt))

/** The columns with what is computed: progress, the caller's role, and the parent where the caller can see it. */
function seen(ctx: Ctx) {
  const caller = ctx.actor.kind === 'system' ? null : uuidOf('user', ctx.actor.userId)
  return {
    ...columns,
    parentId: sql<Id<'project'> | null>`case when ${visible(ctx, sql`projects.parent_id`)} then projects.parent_id end`.mapWith(
      projects.parentId,
    ),
    progress: sql<number>`(
      select coalesce(avg((t.status = 'done')::int), 0)::float8 from projects.tasks t
      where t.project_id = projects.id and t.deleted_at is null and t.status <> 'canceled')`,
    ownRole: sql<ProjectRole | null>`(select a.role from platform.project_access a where a.project_id = projects.id and a.user_id = ${caller}::uuid)`,
  }
}

type Seen = ProjectRow & { progress: number; ownRole: ProjectRole | null }
const toProject = (ctx: Ctx, { ownRole, deletedAt: _deletedAt, ...row }: Seen): Project => ({ ...row, role: effectiveRole(ctx, ownRole) })
