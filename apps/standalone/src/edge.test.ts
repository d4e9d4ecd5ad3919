import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { edgeRoutes } from '@orrery/service-kit'
import { type Backends, makeBackends } from './test/backends.ts'
import { type Edge, startNginx, startOwnEdge } from './test/edges.ts'
import { nginxTemplate } from './test/nginx-template.ts'
import { securityHeaders } from './web.ts'

// One list of promises for both doors: the single process and NGINX must not differ.
describe.each([
  ['the single process', startOwnEdge],
  ['NGINX', startNginx],
])('%s', (_name, startEdge) => {
  let backends: Backends
  let edge: Edge

  beforeAll(async () => {
    backends = await makeBackends()
    edge = await startEdge(backends)
  })
  afterAll(async () => {
    await edge[Symbol.asyncDispose]()
    await backends[Symbol.asyncDispose]()
  })

  const get = (path: string, headers: Record<string, string> = {}) => fetch(edge.origin + path, { headers })

  it.each(edgeRoutes.map(({ prefix, service }) => [prefix, service] as const))(
    'hands %s and what is below it to %s',
    async (prefix, service) => {
      for (const path of [prefix, `${prefix}?x=1`, `${prefix}/below?x=1`, `${prefix}/file.txt`]) {
        expect(await (await get(path)).json()).toMatchObject({ service })
      }
    },
  )

  it('hands an upgrade to the service that takes it, and refuses it elsewhere', async () => {
    const upgrade = async (path: string) => {
      const asked = request(edge.origin + path, { headers: { connection: 'upgrade', upgrade: 'websocket' } }).end()
      const [response] = (await Promise.race([once(asked, 'upgrade'), once(asked, 'response')])) as [IncomingMessage]
      asked.destroy()
      return [response.statusCode, response.headers['x-service']]
    }
    expect(await upgrade('/ws')).toEqual([101, 'realtime-gateway'])
    expect(await upgrade('/api/v1/nothing')).toEqual([404, undefined])
  })

  it('gives the one page for every path of the web app, with a policy that allows no inline code', async () => {
    for (const path of ['/', '/projects/prj_1/runs', '/login?next=%2F']) {
      const response = await get(path)
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache'])
      expect(Object.fromEntries(response.headers)).toMatchObject(securityHeaders)
      expect(response.headers.get('content-type')).toMatch(/^text\/html/)
      expect(await response.text()).toContain('<title>Orrery</title>')
    }
    expect(securityHeaders['content-security-policy']).not.toMatch(/unsafe|\*/)
  })

  it('lets hashed assets be kept for good', async () => {
    const response = await get('/assets/app-1a2b3c.js')
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(response.headers.get('content-type')).toMatch(/javascript/)
  })

  it.each(['/api/v1/nothing', '/api', '/v1/nothing', '/assets/gone.js', '/favicon.ico'])(
    '404 as a problem, not a page, at %s',
    async (path) => {
      const response = await get(path)
      expect([response.status, response.headers.get('content-type')]).toEqual([404, expect.stringMatching(/^application\/problem\+json/)])
      expect(await response.json()).toMatchObject({ status: 404, code: 'route_not_found' })
    },
  )

  it('gives no file from outside the folder', async () => {
    for (const path of ['/assets/..%2f..%2f..%2fetc%2fpasswd', '/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd']) {
      expect(await (await get(path)).text()).not.toContain('root:')
    }
  })
})

describe('NGINX alone', () => {
  it('overwrites what a client claims about its address', async () => {
    await using backends = await makeBackends()
    await using edge = await startNginx(backends)
    const response = await fetch(`${edge.origin}/api/v1/runs`, { headers: { 'x-forwarded-for': '203.0.113.7' } })
    expect(await response.json()).toEqual({ service: 'scheduler', forwardedFor: '127.0.0.1' })
  })

  it('503 as a problem with Retry-After while a service is away', async () => {
    await using backends = await makeBackends()
    await using edge = await startNginx(backends)
    await backends.services.get('auth')?.close()
    const response = await fetch(`${edge.origin}/api/v1/users`)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await response.json()).toMatchObject({ code: 'service_unavailable' })
  })

  it('has the template that the catalogue of routes gives', async () => {
    const file = join(import.meta.dirname, '../../../infra/nginx/orrery.conf.template')
    expect(await readFile(file, 'utf8')).toBe(nginxTemplate())
  })
})
