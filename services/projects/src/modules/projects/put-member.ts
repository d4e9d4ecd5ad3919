import { audit, type Ctx, callerId, inTx, notFound, publish, requireRole, type TxCtx } from '@orrery/core'
import type { Id, Member, Page, PageQuery, PutMember } from '@orrery/shared-types'
import { found, getProject } from './get-project.ts'
import * as members from './member.repository.ts'
import { lastOwner } from './project.errors.ts'
import * as projects from './project.repository.ts'

export async function listMembers(ctx: Ctx, projectId: Id<'project'>, query: PageQuery): Promise<Page<Member>> {
  await getProject(ctx, projectId)
  return members.list(ctx, projectId, query)
}

/** Adds a member or changes its role. Owners are made and unmade by owners alone, and the last one stays. */
export function putMember(ctx: Ctx, input: PutMember & { projectId: Id<'project'> }): Promise<Member> {
  return inTx(ctx, async (ctx) => {
    const { projectId, userId, role } = input
    const project = found(await projects.lock(ctx, projectId))
    const before = await members.find(ctx, input)
    const touchesOwner = role === 'owner' || before?.role === 'owner'
    await requireRole(ctx, projectId, touchesOwner ? 'owner' : 'manager')
    if (before?.role === role) return before
    const after = await members.put(ctx, input)
    const { version } = await projects.update(ctx, projectId, await nextOwner(ctx, project))
    await audit(ctx, {
      action: before ? 'member.updated' : 'member.added',
      entityType: 'project',
      entityId: projectId,
      projectId,
      before,
      after,
    })
    const subject = { id: projectId, version, projectId, audience: [userId] }
    await publish(ctx, before ? 'member.updated' : 'member.added', subject, { userId, role })
    return after
  })
}

/** Takes a member's rights away. Everybody may leave, except the last owner. */
export function removeMember(ctx: Ctx, input: { projectId: Id<'project'>; userId: Id<'user'> }): Promise<void> {
  return inTx(ctx, async (ctx) => {
    const { projectId, userId } = input
    const project = found(await projects.lock(ctx, projectId))
    const before = await members.find(ctx, input)
    const leaves = ctx.actor.kind === 'user' && callerId(ctx) === userId
    await requireRole(ctx, projectId, leaves ? 'viewer' : before?.role === 'owner' ? 'owner' : 'manager')
    if (!before) throw notFound('member')
    await members.remove(ctx, input)
    const { version } = await projects.update(ctx, projectId, await nextOwner(ctx, project))
    await audit(ctx, { action: 'member.removed', entityType: 'project', entityId: projectId, projectId, before })
    await publish(ctx, 'member.removed', { id: projectId, version, projectId, audience: [userId] }, { userId })
  })
}

/** When the owner named by the project has lost that role, the longest-standing other one takes its place. */
async function nextOwner(ctx: TxCtx, project: projects.ProjectRow): Promise<projects.Change> {
  const [first, ...rest] = await members.owners(ctx, project.id)
  if (!first) throw lastOwner()
  return [first, ...rest].includes(project.ownerId) ? {} : { ownerId: first }
}
