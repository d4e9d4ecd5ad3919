import { type Ctx, keyset, one, type TxCtx, toPage, uuidOf } from '@orrery/core'
import type { Id, Member, Page, PageQuery, ProjectRole } from '@orrery/shared-types'
import { and, asc, count, eq, sql } from 'drizzle-orm'
import { members } from './project.table.ts'

type Of = { projectId: Id<'project'>; userId: Id<'user'> }

const row = ({ projectId, userId }: Of) => and(eq(members.projectId, projectId), eq(members.userId, userId))

export async function find(ctx: Ctx, of: Of): Promise<Member | undefined> {
  const [member] = await ctx.db.select().from(members).where(row(of))
  return member && toMember(member)
}

/** Adds a member or changes its role, here and where every service looks rights up. */
export async function put(ctx: TxCtx, { projectId, userId, role }: Of & { role: ProjectRole }): Promise<Member> {
  const target = [members.projectId, members.userId]
  const rows = await ctx.db.insert(members).values({ projectId, userId, role }).onConflictDoUpdate({ target, set: { role } }).returning()
  await ctx.db.execute(sql`
    insert into platform.project_access (user_id, project_id, role) values (${uuidOf('user', userId)}, ${uuidOf('project', projectId)}, ${role})
    on conflict (user_id, project_id) do update set role = excluded.role`)
  return toMember(one(rows))
}

export async function remove(ctx: TxCtx, { projectId, userId }: Of): Promise<void> {
  await ctx.db.delete(members).where(row({ projectId, userId }))
  await ctx.db.execute(
    sql`delete from platform.project_access where project_id = ${uuidOf('project', projectId)} and user_id = ${uuidOf('user', userId)}`,
  )
}

/** Takes everybody's rights away and answers who had some. */
export async function removeAll(ctx: TxCtx, projectId: Id<'project'>): Promise<Id<'user'>[]> {
  await ctx.db.execute(sql`delete from platform.project_access where project_id = ${uuidOf('project', projectId)}`)
  const rows = await ctx.db.delete(members).where(eq(members.projectId, projectId)).returning({ userId: members.userId })
  return rows.map(({ userId }) => userId)
}

/** The owners, the longest-standing first. */
export async function owners(ctx: TxCtx, projectId: Id<'project'>): Promise<Id<'user'>[]> {
  const which = and(eq(members.projectId, projectId), eq(members.role, 'owner'))
  const rows = await ctx.db
    .select({ userId: members.userId })
    .from(members)
    .where(which)
    .orderBy(asc(members.createdAt), asc(members.userId))
  return rows.map(({ userId }) => userId)
}

export async function list(ctx: Ctx, projectId: Id<'project'>, query: PageQuery): Promise<Page<Member>> {
  const page = keyset(query, { createdAt: members.createdAt, role: members.role }, members.userId, 'createdAt')
  const of = eq(members.projectId, projectId)
  const rows = await ctx.db
    .select({ id: members.userId, role: members.role, createdAt: members.createdAt })
    .from(members)
    .where(and(of, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const total = query.count ? one(await ctx.db.select({ total: count() }).from(members).where(of)) : {}
  const { items, nextCursor } = toPage(rows, page)
  return { items: items.map(({ id, role, createdAt }) => ({ userId: id, role, createdAt })), nextCursor, ...total }
}

const toMember = ({ userId, role, createdAt }: Member): Member => ({ userId, role, createdAt })
