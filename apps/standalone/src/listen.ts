import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

/**
 * Listens, and says in one line what to do when that can't be.
 * @throws Error that names the variable
 */
export async function listen(server: Server, { variable, host, port }: { variable: string; host: string; port: number }): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    const remedy = `stop what listens there, or set ${variable} to another port`
    const problem =
      cause.code === 'EADDRINUSE'
        ? `port ${port} on ${host} is taken; ${remedy}`
        : `cannot listen on ${host}:${port} (${cause.code}); set ORRERY_HOST and ${variable}`
    throw new Error(problem, { cause })
  })
}

/** Finds out that a port is taken before anything else is started. */
export async function checkPort(place: { variable: string; host: string; port: number }): Promise<void> {
  const probe = createServer()
  await listen(probe, place)
  probe.close()
  await once(probe, 'close')
}
