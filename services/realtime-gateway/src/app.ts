import websocket from '@fastify/websocket'
import { createService, type Deps, startRelay } from '@orrery/service-kit'
import type { FastifyInstance } from 'fastify'
import type { Part } from './clients/parts.ts'
import type { GatewayConfig } from './config.ts'
import { serveApiDocs } from './modules/api-docs/api-docs.routes.ts'
import { serveSockets } from './modules/connections/gateway.sockets.ts'
import { keepLog } from './modules/events/event.jobs.ts'
import { eventRoutes } from './modules/events/event.routes.ts'
import { healthRoutes } from './modules/health/health.routes.ts'

export { type Part, remoteParts } from './clients/parts.ts'
export { GatewayConfig } from './config.ts'

/** The event log to the outside: stamped by the relay, read again over HTTP, heard live over sockets. */
export async function buildApp(deps: Deps, config: GatewayConfig, parts: Part[]): Promise<FastifyInstance> {
  const app = createService(deps, {
    title: 'Orrery',
    rateLimit: config.ORRERY_RATE_LIMIT,
    trustProxy: config.ORRERY_TRUST_PROXY,
  }) as unknown as FastifyInstance
  await app.register(websocket, { options: { maxPayload: 1024 * 1024, perMessageDeflate: false } })
  const log = await keepLog(deps, config.ORRERY_KEEP_EVENTS_DAYS)
  const relay = startRelay(deps)
  const sockets = await serveSockets(app, deps, { publicUrl: config.ORRERY_PUBLIC_URL, perAddress: config.ORRERY_WS_PER_IP })
  app.addHook('preClose', async () => {
    await sockets.close()
    await relay.close()
    await log.close()
  })
  await app.register(eventRoutes(deps.pool), { prefix: '/api/v1' })
  await app.register(healthRoutes(deps, { parts, codeSteps: config.ORRERY_CODE_STEPS }))
  await serveApiDocs(app, parts)
  return app
}
