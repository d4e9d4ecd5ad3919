import { audit, type Ctx, callerId, inTx, newId, publish } from '@orrery/core'
import type { Agent, CreateAgent } from '@orrery/shared-types'
import * as agents from './agent.repository.ts'
import { found, requireProjects, requireScope } from './requirements.ts'

/** Makes an agent known. It is offline until its first sign of life. */
export function createAgent(ctx: Ctx, input: CreateAgent): Promise<Agent> {
  return inTx(ctx, async (ctx) => {
    const { name, type, capabilities = [] } = input
    const projectIds = [...new Set(input.projectIds)]
    requireScope(ctx, projectIds)
    await requireProjects(ctx, projectIds)
    const id = newId('agent')
    const ownerId = callerId(ctx)
    await agents.insert(ctx, { id, name, type, capabilities, ownerId })
    await agents.addProjects(ctx, id, projectIds)
    const agent = found(await agents.find(ctx, id))
    await audit(ctx, { action: 'agent.created', entityType: 'agent', entityId: id, after: agent })
    await publish(ctx, 'agent.created', { id, version: agent.version, audience: [...projectIds, ownerId] }, { name })
    return agent
  })
}
