import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'

/** What every page of the web app is sent with; NGINX sends the same. */
export const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

const notFound = (reply: FastifyReply, path: string) =>
  reply
    .code(404)
    .type('application/problem+json')
    .send({
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      code: 'route_not_found',
      detail: `Nothing answers at ${path}`,
      instance: path,
    })

// A path with an ending is a file that should be there; /api and the probes are for programs, who want no page.
const isPage = (path: string) => !/^\/(api|v1)(\/|$)/.test(path) && !/\.[a-z0-9]+$/i.test(path)

/**
 * Serves the built web app: hashed assets for good, everything else afresh, and its one page for every path inside it.
 * @throws Error when the folder holds no built app
 */
export function createWeb(folder: string): FastifyInstance {
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`the web app is not built: no index.html in ${folder}; run npm start, or pnpm build`)
  const app = Fastify({ forceCloseConnections: 'idle', return503OnClosing: false, exposeHeadRoutes: true })
  app.addHook('onSend', async (_request, reply) => void reply.headers(securityHeaders))
  app.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.includes('/assets/')
      void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const wantsPage = (request.method === 'GET' || request.method === 'HEAD') && isPage(path)
    return wantsPage ? reply.sendFile('index.html') : notFound(reply, path)
  })
  return app
}
