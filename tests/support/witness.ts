import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export type Sighting = { path: string; key: string | undefined; attempt: number; at: number }

/** A server outside of Orrery that writes down each call that steps make, and answers after a while. */
export async function startWitness() {
  const seen: Sighting[] = []
  const known = new Set<string>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://witness')
    const key = request.headers['idempotency-key']?.toString()
    const attempt = Number(request.headers['orrery-attempt'])
    const first = !known.has(`${key} ${url.pathname}`)
    known.add(`${key} ${url.pathname}`)
    seen.push({ path: url.pathname, key, attempt, at: Date.now() })
    const status = url.searchParams.has('broken') ? 500 : first && url.searchParams.has('flaky') ? 503 : 200
    const value = Number(url.searchParams.get('value') ?? 0)
    void pause(Number(url.searchParams.get('ms') ?? 0)).then(() =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ path: url.pathname, value, attempt })),
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
export type Witness = Awaited<ReturnType<typeof startWitness>>
