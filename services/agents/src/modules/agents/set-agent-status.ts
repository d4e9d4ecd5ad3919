import { audit, type Ctx, inTx, publish, type TxCtx } from '@orrery/core'
import type { Agent, AgentStatus, Id } from '@orrery/shared-types'
import * as agents from './agent.repository.ts'
import { audienceOf } from './audience.ts'
import { found, lockAgent, requireHold } from './requirements.ts'

const silentMs = 90_000

/** Says how an agent is. Anything but offline is a sign of life. */
export function setAgentStatus(ctx: Ctx, { id, status }: { id: Id<'agent'>; status: AgentStatus }): Promise<Agent> {
  return inTx(ctx, async (ctx) => {
    const before = await lockAgent(ctx, id)
    await requireHold(ctx, before, 'operator')
    if (status !== 'offline') await agents.touch(ctx, id)
    if (status !== before.status) await move(ctx, before, status)
    return found(await agents.find(ctx, id))
  })
}

/** Notes that an agent is alive; wakes one that was offline. */
export function heartbeat(ctx: Ctx, id: Id<'agent'>): Promise<Agent> {
  return inTx(ctx, async (ctx) => {
    const before = await lockAgent(ctx, id)
    await requireHold(ctx, before, 'operator')
    await agents.touch(ctx, id)
    if (before.status === 'offline') await move(ctx, before, 'active')
    return found(await agents.find(ctx, id))
  })
}

/** Moves agents offline that gave no sign of life for 90 seconds, and answers how many. Every replica may look: each agent moves once. */
export function moveSilentOffline(ctx: Ctx): Promise<number> {
  return inTx(ctx, async (ctx) => {
    const moved = await agents.moveSilent(ctx, silentMs)
    for (const agent of moved) await announce(ctx, agent, { from: agent.from, to: 'offline', version: agent.version })
    return moved.length
  })
}

async function move(ctx: TxCtx, agent: Agent, to: AgentStatus): Promise<void> {
  const { version } = await agents.update(ctx, agent.id, { status: to })
  await announce(ctx, agent, { from: agent.status, to, version })
}

type Move = { from: AgentStatus; to: AgentStatus; version: number }

async function announce(ctx: TxCtx, agent: Pick<Agent, 'id' | 'ownerId'>, { from, to, version }: Move): Promise<void> {
  const { id } = agent
  await audit(ctx, { action: 'agent.status_changed', entityType: 'agent', entityId: id, before: { status: from }, after: { status: to } })
  await publish(ctx, 'agent.status_changed', { id, version, audience: await audienceOf(ctx, agent) }, { from, to })
}
