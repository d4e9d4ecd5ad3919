import { createServer, type Server } from 'node:http'
import { type Registry, readMetrics } from './metrics.ts'

/** Serves /metrics, and the probes for processes that serve nothing else, on a port of its own that the edge never shows. */
export async function startAdmin(options: {
  host: string
  port: number
  registries: Registry[]
  ready: () => Promise<boolean>
}): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = async () => {
      if (request.url === '/metrics') return { status: 200, ...(await readMetrics(options.registries)) }
      if (request.url === '/liveness') return { status: 200, type: 'text/plain', body: 'alive' }
      if (request.url === '/readiness')
        return (await options.ready())
          ? { status: 200, type: 'text/plain', body: 'ready' }
          : { status: 503, type: 'text/plain', body: 'not ready' }
      return { status: 404, type: 'text/plain', body: 'not found' }
    }
    answer().then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return server
}
