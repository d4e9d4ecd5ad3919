import { createService, type Deps } from '@orrery/service-kit'
import type { FastifyInstance } from 'fastify'
import { createVectorIndex } from './clients/chroma.ts'
import { type MemoryConfig, mcpHostsOf } from './config.ts'
import { mcpRoutes } from './modules/memories/mcp.routes.ts'
import { startForgetting, startIndexing } from './modules/memories/memory.jobs.ts'
import { memoryRoutes } from './modules/memories/memory.routes.ts'

export { MemoryConfig } from './config.ts'

/** What agents remember, for people over HTTP and for agents over MCP. */
export async function buildApp(deps: Deps, config: MemoryConfig): Promise<FastifyInstance> {
  const { CHROMA_URL: url, ORRERY_CHROMA_TIMEOUT_MS: timeoutMs, ORRERY_CHROMA_RETRY_MS: retryMs } = config
  const index = createVectorIndex({ url, timeoutMs, retryMs })
  const app = createService(deps, { title: 'Orrery memory', rateLimit: config.ORRERY_RATE_LIMIT, trustProxy: config.ORRERY_TRUST_PROXY })
  await app.register(memoryRoutes(index), { prefix: '/api/v1' })
  await app.register(mcpRoutes(deps, { index, hosts: mcpHostsOf(config) }))
  const cares = [startIndexing(deps, index), startForgetting(deps)]
  app.addHook('onClose', async () => {
    for (const care of cares) await care.close()
    index.close()
  })
  return app as unknown as FastifyInstance
}
