import type { Ctx } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import * as agents from './agent.repository.ts'

/** Who hears of an agent: the members of all its projects, and its owner. */
export const audienceOf = async (ctx: Ctx, agent: { id: Id<'agent'>; ownerId: Id<'user'> }): Promise<string[]> => [
  ...(await agents.projectsOf(ctx, agent.id)),
  agent.ownerId,
]
