import { audit, type Ctx, inTx, publish } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import * as agents from './agent.repository.ts'
import { audienceOf } from './audience.ts'
import { lockAgent, requireHold } from './requirements.ts'

/** Takes an agent out of sight. What it did stays for the record. */
export function deleteAgent(ctx: Ctx, id: Id<'agent'>): Promise<void> {
  return inTx(ctx, async (ctx) => {
    const before = await lockAgent(ctx, id)
    await requireHold(ctx, before, 'manager')
    const { version } = await agents.remove(ctx, id)
    await audit(ctx, { action: 'agent.deleted', entityType: 'agent', entityId: id, before })
    await publish(ctx, 'agent.deleted', { id, version, audience: await audienceOf(ctx, before) }, {})
  })
}
