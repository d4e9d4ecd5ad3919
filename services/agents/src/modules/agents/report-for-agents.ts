import { notFound, type TxCtx } from '@orrery/core'
import type { Agent, Id } from '@orrery/shared-types'
import * as agents from './agent.repository.ts'
import { audienceOf } from './audience.ts'
import { found, requireHold } from './requirements.ts'

export type { Tally } from './agent.repository.ts'

/** Locks the agents of a report. It is refused whole where one can't be seen or may not be spoken for. */
export async function lockReporters(ctx: TxCtx, ids: Id<'agent'>[]): Promise<void> {
  const locked = new Set(await agents.lock(ctx, ids).then((rows) => rows.map((row) => row.id)))
  for (const id of ids) {
    if (!locked.has(id)) throw notFound('agent')
    await requireHold(ctx, found(await agents.find(ctx, id)), 'operator')
  }
}

/** Adds to an agent's counters; answers what an event about it needs. */
export async function addTally(ctx: TxCtx, id: Id<'agent'>, tally: agents.Tally) {
  const agent: Pick<Agent, 'id' | 'ownerId' | 'version'> = await agents.addTally(ctx, id, tally)
  return { id, version: agent.version, audience: await audienceOf(ctx, agent) }
}
