import type { Ctx } from '@orrery/core'
import type { Agent, AgentQuery, Id, Page } from '@orrery/shared-types'
import * as agents from './agent.repository.ts'
import { found } from './requirements.ts'

export const getAgent = async (ctx: Ctx, id: Id<'agent'>): Promise<Agent> => found(await agents.find(ctx, id))

export const listAgents = (ctx: Ctx, query: AgentQuery): Promise<Page<Agent>> => agents.list(ctx, query)
