import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { eventually } from '@orrery/testing'
import { Webhook } from 'standardwebhooks'

export type Received = { headers: IncomingHttpHeaders; body: string; id: string; path: string }
type Reply = { status: number; headers?: Record<string, string>; body?: string }

/** A server outside of Orrery that takes webhooks, keeps them, and answers as it is told. */
export async function startReceiver(reply: (call: Received, count: number) => Reply | Promise<Reply> = () => ({ status: 200 })) {
  const received: Received[] = []
  let connections = 0
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const call = {
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      id: String(request.headers['webhook-id']),
      path: request.url ?? '',
    }
    received.push(call)
    const { status, headers, body } = await reply(call, received.length)
    response.writeHead(status, headers).end(body)
  }
  const server = createServer((request, response) => void take(request, response))
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { port } = address
  return {
    received,
    port,
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}/take`,
    connections: () => connections,
    /** Waits for so many calls. */
    count: (n: number) => eventually(`${n} calls`, () => received.length >= n && received),
    /** What the real library says of a call; it throws where the signature doesn't fit. */
    verify: (call: Received, secret: string) => new Webhook(secret).verify(call.body, call.headers as Record<string, string>) as CloudEvent,
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
export type CloudEvent = {
  id: string
  type: string
  source: string
  subject: string
  project: string
  lineage?: string
  data: Record<string, unknown>
}
