import type { Ctx } from '@orrery/core'
import type { Activity, Id, Page, PageQuery } from '@orrery/shared-types'
import { getAgent } from '../agents/index.ts'
import * as activities from './activity.repository.ts'

/** What an agent did, the latest first. For everybody who can see the agent. */
export async function listActivity(ctx: Ctx, agentId: Id<'agent'>, query: Omit<PageQuery, 'q'>): Promise<Page<Activity>> {
  await getAgent(ctx, agentId)
  return activities.list(ctx, agentId, query)
}
