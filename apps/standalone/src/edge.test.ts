import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { edgeRoutes, type StatefulService } from '@orrery/service-kit'
import Fastify, { type FastifyInstance } from 'fastify'
import { createEdge } from './edge.ts'
import { createWeb } from './web.ts'

let folder = ''
let edge: Server
let apps: FastifyInstance[] = []

/** A service that says its name at every path, and answers upgrades if it takes them. */
async function makeService(name: StatefulService): Promise<FastifyInstance> {
  const app = Fastify()
  app.all('*', async () => ({ service: name }))
  if (edgeRoutes.some((route) => route.service === name && route.websocket)) {
    app.server.on('upgrade', (_request, socket) => socket.end(`HTTP/1.1 101 Switching Protocols\r\nx-service: ${name}\r\n\r\n`))
  }
  await app.ready()
  return app
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orrery-web-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Orrery</title>')
  await writeFile(join(folder, 'assets/app-1a2b3c.js'), 'console.log(1)')
  const names = [...new Set(edgeRoutes.map(({ service }) => service))]
  const services = new Map(await Promise.all(names.map(async (name) => [name, await makeService(name)] as const)))
  const web = createWeb(folder)
  await web.ready()
  apps = [...services.values(), web]
  edge = createEdge({ services, web })
  edge.listen(0, '127.0.0.1')
  await once(edge, 'listening')
})

afterAll(async () => {
  edge.close()
  await Promise.all(apps.map((app) => app.close()))
  await rm(folder, { recursive: true })
})

const url = (path: string) => `http://127.0.0.1:${(edge.address() as AddressInfo).port}${path}`

it.each(edgeRoutes.map(({ prefix, service }) => [prefix, service] as const))(
  'hands %s and what is below it to %s',
  async (prefix, service) => {
    expect(await (await fetch(url(prefix))).json()).toEqual({ service })
    expect(await (await fetch(url(`${prefix}/below?x=1`))).json()).toEqual({ service })
  },
)

it('hands an upgrade to the service that takes it, and refuses it elsewhere', async () => {
  const upgrade = async (path: string) => {
    const asked = request(url(path), { headers: { connection: 'upgrade', upgrade: 'websocket' } }).end()
    const answer = await Promise.race([once(asked, 'upgrade'), once(asked, 'response')])
    const response = answer[0] as IncomingMessage
    return [response.statusCode, response.headers['x-service']]
  }
  expect(await upgrade('/ws')).toEqual([101, 'realtime-gateway'])
  expect(await upgrade('/nothing')).toEqual([404, undefined])
})

it('gives the one page for every path of the web app, with a policy that allows no inline code', async () => {
  for (const path of ['/', '/projects/prj_1/runs', '/login?next=%2F']) {
    const response = await fetch(url(path))
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ])
    expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe|\*/)
    expect(await response.text()).toContain('<title>Orrery</title>')
  }
})

it('lets hashed assets be kept for good', async () => {
  expect((await fetch(url('/assets/app-1a2b3c.js'))).headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
})

it.each(['/api/v1/nothing', '/api', '/assets/gone.js', '/favicon.ico'])('404 as a problem, not a page, at %s', async (path) => {
  const response = await fetch(url(path))
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8'])
  expect(await response.json()).toMatchObject({ status: 404, code: 'route_not_found', instance: path })
})

it('404 for a path that tries to leave the folder', async () => {
  const response = await fetch(url('/assets/..%2f..%2f..%2fetc%2fpasswd'))
  expect(await response.text()).not.toContain('root:')
})
