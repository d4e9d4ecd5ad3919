import type { FastifyInstance } from 'fastify'
import { AggregatorRegistry, collectDefaultMetrics, Histogram, type Registry } from 'prom-client'

/** Times every answered request by route, method and status. Seconds, as Prometheus wants them. */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const seconds = new Histogram({
    name: 'orrery_http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    seconds.observe(
      { method: request.method, route: request.routeOptions.url ?? 'unknown', status: reply.statusCode },
      reply.elapsedTime / 1000,
    )
  })
}

/** Memory, CPU, event loop and file handles of the process. Once a process. */
export const measureProcess = (registry: Registry): void => collectDefaultMetrics({ register: registry })
/** Prometheus text of several registries, which may hold metrics of the same name: services that share a process do. */
export async function readMetrics(registries: readonly Registry[]): Promise<{ type: string; body: string }> {
  const merged = AggregatorRegistry.aggregate(await Promise.all(registries.map((registry) => registry.getMetricsAsJSON())))
  return { type: merged.contentType, body: await merged.metrics() }
}
export { Counter, Gauge, Histogram, Registry } from 'prom-client'
