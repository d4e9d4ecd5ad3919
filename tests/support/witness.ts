import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export type Sighting = { path: string; key: string | undefined }

/** A server outside of Orrery that writes down each call that steps make, and answers after a while. */
export async function startWitness() {
  const seen: Sighting[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://witness')
    seen.push({ path: url.pathname, key: request.headers['idempotency-key']?.toString() })
    void pause(Number(url.searchParams.get('ms') ?? 0)).then(() =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ path: url.pathname })),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const close = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { seen, host: `127.0.0.1:${address.port}`, url: `http://127.0.0.1:${address.port}`, close }
}
