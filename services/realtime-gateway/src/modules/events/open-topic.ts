import { setTimeout as pause } from 'node:timers/promises'
import { type Ctx, memberProjects, notFound, projectRole, requireAdmin, type SqlPool } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { findProjectOfRun } from './event.repository.ts'
import { type Listener, readTopic, type Topic } from './topic.policy.ts'

const runWaits = 20

/** A topic that the caller may listen to; refused like an unknown one where it may not. */
export async function openTopic(ctx: Ctx, pool: SqlPool, text: string): Promise<Topic> {
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
async function projectOfRun(pool: SqlPool, runId: string): Promise<Id<'project'> | undefined> {
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
  const userId = actor.kind === 'system' ? actor.id : actor.userId
  return { userId, admin: actor.admin, projects: await memberProjects(ctx) }
}
