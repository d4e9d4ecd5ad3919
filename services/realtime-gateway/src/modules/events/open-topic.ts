import { setTimeout as pause } from 'node:timers/promises'
import { type Ctx, notFound, projectRole } from '@orrery/core'
import { fromUuid, requireAdmin, uuidOf } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { sql } from 'drizzle-orm'
import type pg from 'pg'
import { findProjectOfRun } from './event.repository.ts'
import { type Listener, readTopic, type Topic } from './topic.policy.ts'

const runWaits = 20

/** A topic that the caller may listen to; refused like an unknown one where it may not. */
export async function openTopic(ctx: Ctx, pool: pg.Pool, text: string): Promise<Topic> {
  const topic = readTopic(text)
  if (!topic) throw notFound('topic')
  if (topic.kind === 'project' && !(await projectRole(ctx, topic.projectId as Id<'project'>))) throw notFound('topic')
  if (topic.kind === 'system') requireAdmin(ctx)
  if (topic.kind !== 'run') return topic
  const projectId = await projectOfRun(pool, topic.runId)
  if (!projectId || !(await projectRole(ctx, projectId))) throw notFound('topic')
  return { ...topic, projectId }
}

/** Whoever made a run may ask before its first event was stamped. */
async function projectOfRun(pool: pg.Pool, runId: string): Promise<Id<'project'> | undefined> {
  for (let i = 0; i < runWaits; i++) {
    const found = await findProjectOfRun(pool, runId)
    if (found) return found
    await pause(50)
  }
  return undefined
}

/** What decides which events of the shared topics somebody hears. */
export async function whoListens(ctx: Ctx): Promise<Listener> {
  const { actor } = ctx
  if (actor.kind === 'system') return { userId: actor.id, admin: true, projects: new Set() }
  const { rows } = await ctx.db.execute<{ project_id: string }>(sql`select project_id from platform.project_access where user_id = ${uuidOf('user', actor.userId)}`)
  const all = rows.map((row) => fromUuid('project', row.project_id))
  const projects = actor.kind === 'apiKey' && actor.projectId ? all.filter((each) => each === actor.projectId) : all
  return { userId: actor.userId, admin: actor.admin, projects: new Set(projects) }
}
