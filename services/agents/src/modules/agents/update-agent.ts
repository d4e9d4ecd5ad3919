import { audit, type Ctx, inTx, publish, requireVersion } from '@orrery/core'
import type { Agent, Id, UpdateAgent } from '@orrery/shared-types'
import * as agents from './agent.repository.ts'
import { audienceOf } from './audience.ts'
import { found, lockAgent, requireHold, requireProjects, requireScope } from './requirements.ts'

type Input = { id: Id<'agent'>; change: UpdateAgent; version?: number | undefined }

/** Changes what an agent is and where it works. Projects that the caller can't see stay as they are. */
export function updateAgent(ctx: Ctx, { id, change, version }: Input): Promise<Agent> {
  return inTx(ctx, async (ctx) => {
    const before = await lockAgent(ctx, id)
    await requireHold(ctx, before, 'manager')
    requireVersion(before, version)
    const { projectIds = before.projectIds, ...rest } = change
    const added = projectIds.filter((project) => !before.projectIds.includes(project))
    const removed = before.projectIds.filter((project) => !projectIds.includes(project))
    const fields = Object.keys(rest).filter((field) => differs(rest[field as keyof typeof rest], before[field as keyof Agent]))
    if (added.length + removed.length > 0) fields.push('projectIds')
    if (fields.length === 0) return before
    requireScope(ctx, projectIds)
    await requireProjects(ctx, added)
    const heardBefore = await audienceOf(ctx, before)
    await agents.addProjects(ctx, id, [...new Set(added)])
    await agents.removeProjects(ctx, id, removed)
    const row = await agents.update(ctx, id, rest)
    const after = found(await agents.find(ctx, id))
    await audit(ctx, { action: 'agent.updated', entityType: 'agent', entityId: id, before, after })
    const audience = [...new Set([...heardBefore, ...(await audienceOf(ctx, after))])]
    await publish(ctx, 'agent.updated', { id, version: row.version, audience }, { fields })
    return after
  })
}

const differs = (wanted: unknown, now: unknown): boolean => wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(now)
