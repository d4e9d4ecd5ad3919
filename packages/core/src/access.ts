import { type Id, type ProjectRole, roleAtLeast } from '@orrery/shared-types'
import { type AnyColumn, type SQL, sql } from 'drizzle-orm'
import { actorId } from './audit.ts'
import type { Ctx } from './context.ts'
import { AppError, notFound } from './error.ts'
import { fromUuid, uuidOf } from './ids.ts'

/** SQL that is true where the caller can see the project in `column`. Belongs into every `where`. */
export function visible(ctx: Ctx, column: AnyColumn | SQL): SQL {
  const { actor } = ctx
  if (actor.admin) return sql`true`
  const inScope = actor.kind === 'apiKey' && actor.projectId ? sql`${column} = ${uuidOf('project', actor.projectId)} and ` : sql``
  return sql`(${inScope}${column} in (select project_id from platform.project_access where user_id = ${uuidOf('user', actor.userId)}))`
}

/** The caller's role in a project: what it has itself, cut down to what its key grants. Null where it can't see it. */
export async function projectRole(ctx: Ctx, projectId: Id<'project'>): Promise<ProjectRole | null> {
  const { actor } = ctx
  const project = uuidOf('project', projectId)
  // what a service does by itself it also does for projects that are gone
  if (actor.kind === 'system') return 'owner'
  if (actor.admin) {
    const known = await ctx.db.execute(sql`select 1 from platform.project_access where project_id = ${project} limit 1`)
    return known.rows.length > 0 ? 'owner' : null
  }
  if (actor.kind === 'apiKey' && actor.projectId && actor.projectId !== projectId) return null
  const { rows } = await ctx.db.execute<{ role: ProjectRole }>(
    sql`select role from platform.project_access where project_id = ${project} and user_id = ${uuidOf('user', actor.userId)}`,
  )
  const role = rows[0]?.role
  return role ? effectiveRole(ctx, role) : null
}

/** What the caller may do where its person has this role: everything for an administrator, no more than its key grants for a program. */
export function effectiveRole({ actor }: Ctx, role: ProjectRole | null): ProjectRole {
  if (actor.admin) return 'owner'
  const own = role ?? 'viewer'
  return actor.kind === 'apiKey' && roleAtLeast(own, actor.role) ? actor.role : own
}

/** 404 where the caller can't see the project, 403 where it sees it but its role is too low. */
export async function requireRole(ctx: Ctx, projectId: Id<'project'>, least: ProjectRole, noun = 'project'): Promise<ProjectRole> {
  const role = await projectRole(ctx, projectId)
  if (!role) throw notFound(noun)
  if (!roleAtLeast(role, least)) {
    throw new AppError('forbidden', 'role_too_low', `This needs the role ${least} in the project; yours is ${role}`)
  }
  return role
}

/** For what belongs to the installation and to no project. */
export function requireAdmin(ctx: Ctx): void {
  if (!ctx.actor.admin) throw new AppError('forbidden', 'admin_only', 'Only an administrator of this installation may do this')
}

/** The person behind the request, for what is owned by one. */
export function callerId(ctx: Ctx): Id<'user'> {
  if (ctx.actor.kind === 'system') throw new Error(`${actorId(ctx.actor)} is no user`)
  return ctx.actor.userId
}

/** The projects that the caller can see by membership. An administrator sees the others too. */
export async function memberProjects(ctx: Ctx): Promise<Set<Id<'project'>>> {
  const { actor } = ctx
  if (actor.kind === 'system') return new Set()
  const { rows } = await ctx.db.execute<{ project_id: string }>(
    sql`select project_id from platform.project_access where user_id = ${uuidOf('user', actor.userId)}`,
  )
  const all = rows.map((row) => fromUuid('project', row.project_id))
  return new Set(actor.kind === 'apiKey' && actor.projectId ? all.filter((each) => each === actor.projectId) : all)
}
