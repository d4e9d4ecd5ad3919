import { joinOpenApi } from '@orrery/service-kit'
import reference from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'
import type { Part } from '../../clients/parts.ts'

const keepMs = 60_000

/** One description of the whole API, joined from what each part says of itself, and a page to read it. */
export async function serveApiDocs(app: FastifyInstance, parts: Part[]): Promise<void> {
  let kept: { at: number; document: object } | undefined
  const join = async () => {
    const own = app.swagger()
    const others = await Promise.all(parts.map((part) => part.openApi().catch(() => null)))
    return joinOpenApi([own, ...others.filter((each) => each !== null)])
  }
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, async () => {
    if (!kept || Date.now() - kept.at > keepMs) kept = { at: Date.now(), document: await join() }
    return kept.document
  })
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true }
      route.schema = { ...route.schema, hide: true }
    })
    docs.addHook('onSend', async (_request, reply) => void reply.header('content-security-policy', policy))
    docs.get('/docs', async (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
    docs.get('/docs/start.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(start))
    // serves the script of the reference; its own page begins by an inline script, which our policy refuses
    await docs.register(reference, { routePrefix: '/docs/reference', configuration: { url: '/openapi.json' } })
  })
}

// the reference writes its styles into the page; nothing else here may be inline
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
const page = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" /><title>Orrery API</title></head>
  <body><div id="app"></div><script src="/docs/reference/js/scalar.js"></script><script src="/docs/start.js"></script></body>
</html>`
const start = `Scalar.createApiReference('#app', { url: '/openapi.json', theme: 'none', withDefaultFonts: false, hideClientButton: true, telemetry: false, agent: { disabled: true }, mcp: { disabled: true }, showDeveloperTools: 'never' })`
