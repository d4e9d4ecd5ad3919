import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type StatefulService, serviceFor } from '@orrery/service-kit'
import type { FastifyInstance } from 'fastify'

export interface EdgeTargets {
  services: ReadonlyMap<StatefulService, FastifyInstance>
  /** Answers every path that no service claims. */
  web: FastifyInstance
}

const pathOf = (request: IncomingMessage) => (request.url ?? '/').split('?', 1)[0] ?? '/'

/** One HTTP server before all services: it hands each request and upgrade to the service that the path belongs to. */
export function createEdge({ services, web }: EdgeTargets): Server {
  const targetOf = (request: IncomingMessage): FastifyInstance => {
    const name = serviceFor(pathOf(request))
    return (name && services.get(name)) ?? web
  }
  const edge = createServer((request, response) => {
    targetOf(request).server.emit('request', request, response)
  })
  edge.on('upgrade', (request, socket, head) => {
    const { server } = targetOf(request)
    // Without a listener the socket would stay open, waiting for an answer.
    if (server.listenerCount('upgrade') > 0) server.emit('upgrade', request, socket, head)
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
  })
  return edge
}
