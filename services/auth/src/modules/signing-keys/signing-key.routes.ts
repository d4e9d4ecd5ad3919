import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { anonymousCtx, type Deps } from '@orrery/service-kit'
import { Jwks } from '@orrery/shared-types'
import { listPublicKeys } from './list-public-keys.ts'

export const signingKeyRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/.well-known/jwks.json',
      {
        config: { public: true },
        schema: { operationId: 'listPublicKeys', tags: ['auth'], summary: 'The keys that verify access tokens', response: { 200: Jwks } },
      },
      async (request, reply) => reply.header('cache-control', 'public, max-age=60').send(await listPublicKeys(anonymousCtx(deps, request))),
    )
  }
