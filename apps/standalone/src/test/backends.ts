import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { edgeRoutes, type StatefulService, statefulServices } from '@orrery/service-kit'
import Fastify, { type FastifyInstance } from 'fastify'

/** A service that says its name and what it was told of the client, at every path; it takes upgrades if its routes say so. */
async function makeService(name: StatefulService): Promise<FastifyInstance> {
  const app = Fastify()
  app.all('*', async ({ headers }) => ({ service: name, forwardedFor: headers['x-forwarded-for'] ?? null }))
  if (edgeRoutes.some((route) => route.service === name && route.websocket)) {
    app.server.on('upgrade', (_request, socket) => {
      socket.end(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-service: ${name}\r\n\r\n`)
    })
  }
  await app.ready()
  return app
}

export interface Backends extends AsyncDisposable {
  services: Map<StatefulService, FastifyInstance>
  webFolder: string
}

/** What stands behind an edge: every service, and a built web app. */
export async function makeBackends(): Promise<Backends> {
  const webFolder = await mkdtemp(join(tmpdir(), 'orrery-web-'))
  await mkdir(join(webFolder, 'assets'))
  await writeFile(join(webFolder, 'index.html'), '<!doctype html><title>Orrery</title>')
  await writeFile(join(webFolder, 'assets/app-1a2b3c.js'), 'console.log(1)')
  const services = new Map(await Promise.all(statefulServices.map(async (name) => [name, await makeService(name)] as const)))
  return {
    services,
    webFolder,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...services.values()].map((app) => app.close()))
      await rm(webFolder, { recursive: true })
    },
  }
}
