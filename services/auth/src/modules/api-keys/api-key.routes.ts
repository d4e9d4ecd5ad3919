import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '@orrery/service-kit'
import { ApiKeyPage, CreateApiKey, CreatedApiKey, Empty, IdOf, Input, PlainPageQuery, problems } from '@orrery/shared-types'
import { createApiKey } from './create-api-key.ts'
import { listApiKeys } from './list-api-keys.ts'
import { revokeApiKey } from './revoke-api-key.ts'

const tags = ['api-keys']

export const apiKeyRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const creating = { body: CreateApiKey, response: { 201: CreatedApiKey, ...problems(401, 403, 404, 422) } }
    app.post(
      '/api-keys',
      { config: { secretAnswer: true }, schema: { operationId: 'createApiKey', tags, summary: 'Make a key for a program', ...creating } },
      async (request, reply) => reply.code(201).send(await createApiKey(request.ctx, request.body)),
    )
    const listing = { querystring: PlainPageQuery, response: { 200: ApiKeyPage, ...problems(401, 403, 422) } }
    app.get('/api-keys', { schema: { operationId: 'listApiKeys', tags, summary: 'Your keys', ...listing } }, async (request) =>
      listApiKeys(request.ctx, request.query),
    )
    const revoking = { params: Input({ id: IdOf('apiKey') }), response: { 204: Empty, ...problems(401, 403, 404) } }
    app.delete(
      '/api-keys/:id',
      { schema: { operationId: 'revokeApiKey', tags, summary: 'Stop a key', ...revoking } },
      async (request, reply) => {
        await revokeApiKey(request.ctx, request.params.id)
        deps.bells.ring('revocations')
        return reply.code(204).send(null)
      },
    )
  }
