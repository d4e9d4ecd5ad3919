import { createService, type Deps } from '@orrery/service-kit'
import type { FastifyInstance } from 'fastify'
import type { AgentsConfig } from './config.ts'
import { activityRoutes } from './modules/activity/activity.routes.ts'
import { startSilenceWatch } from './modules/agents/agent.jobs.ts'
import { agentRoutes } from './modules/agents/agent.routes.ts'

export { AgentsConfig } from './config.ts'

/** The agents that work here, whether they are alive, and what they say they did. */
export async function buildApp(deps: Deps, config: AgentsConfig): Promise<FastifyInstance> {
  const app = createService(deps, { title: 'Orrery agents', rateLimit: config.ORRERY_RATE_LIMIT, trustProxy: config.ORRERY_TRUST_PROXY })
  const prefix = '/api/v1'
  await app.register(agentRoutes, { prefix })
  await app.register(activityRoutes, { prefix })
  const watch = startSilenceWatch(deps)
  app.addHook('onClose', () => watch.close())
  return app as unknown as FastifyInstance
}
