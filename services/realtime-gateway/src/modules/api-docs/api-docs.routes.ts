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
    await docs.register(reference, { routePrefix: '/docs', configuration: { url: '/openapi.json', theme: 'none' } })
  })
}
