import { type Ctx, choices, keyset, matchesWords, one, type TxCtx, toPage, uuidOf, visible, words } from '@orrery/core'
import { type Assignee, type Id, type Page, statuses, type Task, type TaskQuery, taskKinds, taskPriorities } from '@orrery/shared-types'
import { and, arrayOverlaps, asc, count, eq, getTableColumns, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { tasks } from './task.table.ts'

export type TaskRow = Omit<typeof tasks.$inferSelect, 'search'>
type Editable = 'kind' | 'title' | 'description' | 'parentId' | 'priority' | 'dueAt' | 'labels' | 'assigneeType' | 'assigneeId'
type NewTask = Pick<TaskRow, 'id' | 'projectId' | Editable>
export type Change = Partial<Pick<TaskRow, Editable | 'status'>>

const { search: _search, ...columns } = getTableColumns(tasks)
/** The done share of its sub-tasks; 1 or 0 for one without any. */
const progress = sql<number>`coalesce(
  (select avg((c.status = 'done')::int)::float8 from projects.tasks c where c.parent_id = tasks.id and c.deleted_at is null and c.status <> 'canceled'),
  (tasks.status = 'done')::int)::float8`
const seen = { ...columns, progress }

export async function insert(ctx: TxCtx, task: NewTask): Promise<void> {
  await ctx.db.insert(tasks).values(task)
}

export async function find(ctx: Ctx, id: Id<'task'>): Promise<Task | undefined> {
  const [row] = await ctx.db
    .select(seen)
    .from(tasks)
    .where(and(shown(ctx), eq(tasks.id, id)))
  return row && toTask(row)
}

/** Locks a task that the caller can see. */
export async function lock(ctx: TxCtx, id: Id<'task'>): Promise<TaskRow | undefined> {
  const [row] = await ctx.db
    .select(columns)
    .from(tasks)
    .where(and(shown(ctx), eq(tasks.id, id)))
    .for('no key update')
  return row
}

export async function update(ctx: TxCtx, id: Id<'task'>, change: Change): Promise<TaskRow> {
  const counted = { ...change, version: sql`${tasks.version} + 1`, updatedAt: sql`now()` }
  return one(await ctx.db.update(tasks).set(counted).where(eq(tasks.id, id)).returning(columns))
}

/** Takes a task and all its sub-tasks out of sight. Their rows stay for the record. */
export async function removeTree(ctx: TxCtx, id: Id<'task'>): Promise<TaskRow[]> {
  const { rows } = await ctx.db.execute<{ id: string }>(sql`
    with recursive down as (
      select id from projects.tasks where id = ${uuidOf('task', id)}
      union select t.id from projects.tasks t join down on t.parent_id = down.id where t.deleted_at is null
    ) select id from down`)
  const ids = sql.join(
    rows.map((row) => sql`${row.id}::uuid`),
    sql`, `,
  )
  const all = sql`${tasks.id} in (${ids})`
  await ctx.db.select({ id: tasks.id }).from(tasks).where(all).orderBy(asc(tasks.id)).for('no key update')
  const gone = { deletedAt: sql`now()`, version: sql`${tasks.version} + 1`, updatedAt: sql`now()` }
  return ctx.db.update(tasks).set(gone).where(all).returning(columns)
}

/** True where `id` stands above `below` or is it. Until the transaction ends nobody else moves a task of this project. */
export async function isAbove(ctx: TxCtx, id: Id<'task'>, below: Id<'task'>): Promise<boolean> {
  const { rows } = await ctx.db.execute(sql`
    with recursive up as (
      select id, parent_id from projects.tasks where id = ${uuidOf('task', below)}
      union select t.id, t.parent_id from projects.tasks t join up on t.id = up.parent_id
    ) select 1 from up where id = ${uuidOf('task', id)}`)
  return rows.length > 0
}

/** Lets one transaction at a time change how the tasks of a project hang together. */
export const lockTree = (ctx: TxCtx, projectId: Id<'project'>) =>
  ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${projectId}, 7027202))`)

export async function isMember(ctx: Ctx, projectId: Id<'project'>, userId: Id<'user'>): Promise<boolean> {
  const { rows } = await ctx.db.execute(
    sql`select 1 from platform.project_access where project_id = ${uuidOf('project', projectId)} and user_id = ${uuidOf('user', userId)}`,
  )
  return rows.length > 0
}

export async function list(ctx: Ctx, query: TaskQuery): Promise<Page<Task>> {
  const { createdAt, updatedAt, title, priority, dueAt } = columns
  const page = keyset(query, { createdAt, updatedAt, title, priority, dueAt }, tasks.id, '-createdAt')
  const filter = and(shown(ctx), ...filters(query))
  const rows = await ctx.db
    .select(seen)
    .from(tasks)
    .where(and(filter, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const total = query.count ? one(await ctx.db.select({ total: count() }).from(tasks).where(filter)) : {}
  const { items, nextCursor } = toPage(rows, page)
  return { items: items.map(toTask), nextCursor, ...total }
}

const filters = (query: TaskQuery): (SQL | undefined)[] => [
  query.projectId && eq(tasks.projectId, query.projectId),
  query.parentId && eq(tasks.parentId, query.parentId),
  query.status === undefined ? undefined : inArray(tasks.status, choices(query.status, statuses, '/status')),
  query.priority === undefined ? undefined : inArray(tasks.priority, choices(query.priority, taskPriorities, '/priority')),
  query.kind === undefined ? undefined : inArray(tasks.kind, choices(query.kind, taskKinds, '/kind')),
  query.label === undefined ? undefined : arrayOverlaps(tasks.labels, words(query.label)),
  query.assigneeId === undefined ? undefined : inArray(tasks.assigneeId, words(query.assigneeId)),
  query.q ? matchesWords(tasks.search, query.q) : undefined,
]

const shown = (ctx: Ctx) => and(visible(ctx, tasks.projectId), isNull(tasks.deletedAt))

const toTask = ({ assigneeType, assigneeId, deletedAt: _deletedAt, ...row }: TaskRow & { progress: number }): Task => ({
  ...row,
  assignee: assigneeType && assigneeId ? ({ type: assigneeType, id: assigneeId } satisfies Assignee) : null,
})
