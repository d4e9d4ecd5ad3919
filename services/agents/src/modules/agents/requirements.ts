import { AppError, type Ctx, notFound, projectRole, requireRole, type TxCtx } from '@orrery/core'
import { type Agent, type Id, type ProjectRole, roleAtLeast } from '@orrery/shared-types'
import * as agents from './agent.repository.ts'

export function found<T>(agent: T | undefined): T {
  if (agent === undefined) throw notFound('agent')
  return agent
}

/** Locks one agent and answers it as the caller sees it. */
export async function lockAgent(ctx: TxCtx, id: Id<'agent'>): Promise<Agent> {
  await agents.lock(ctx, [id])
  return found(await agents.find(ctx, id))
}

type Held = Pick<Agent, 'ownerId' | 'projectIds'>

/** Its owner may do everything with an agent, members of its projects what their role there allows; a key grants no more than its own role. */
export async function requireHold(ctx: Ctx, agent: Held, least: ProjectRole): Promise<void> {
  const { actor } = ctx
  if (actor.admin) return
  if (actor.userId === agent.ownerId && (actor.kind === 'user' || roleAtLeast(actor.role, least))) return
  for (const projectId of agent.projectIds) {
    const role = await projectRole(ctx, projectId)
    if (role && roleAtLeast(role, least)) return
  }
  throw new AppError('forbidden', 'role_too_low', `This needs the role ${least} in a project of the agent, or to own it`)
}

/** Whoever puts an agent into a project works there. */
export async function requireProjects(ctx: Ctx, ids: readonly Id<'project'>[]): Promise<void> {
  for (const id of ids) await requireRole(ctx, id, 'operator')
}

/** A key can't make what it couldn't see afterwards. */
export function requireScope(ctx: Ctx, projectIds: readonly Id<'project'>[]): void {
  const { actor } = ctx
  if (actor.kind !== 'apiKey') return
  if (!roleAtLeast(actor.role, 'operator')) throw new AppError('forbidden', 'role_too_low', 'This API key grants no more than reading')
  if (actor.projectId && !projectIds.includes(actor.projectId)) {
    throw new AppError('forbidden', 'key_scope', 'This API key is bound to a project; name that project in projectIds')
  }
}
