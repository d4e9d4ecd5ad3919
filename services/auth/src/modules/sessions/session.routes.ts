import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '@orrery/service-kit'
import { Empty, IdOf, Input, PlainPageQuery, problems, Revoked, SessionPage } from '@orrery/shared-types'
import { listSessions, requireSession } from './list-sessions.ts'
import { revokeSession, revokeSessions } from './revoke-sessions.ts'

const tags = ['auth']
const listing = { querystring: PlainPageQuery, response: { 200: SessionPage, ...problems(401, 403, 422) } }
const ending = { params: Input({ id: IdOf('session') }), response: { 204: Empty, ...problems(401, 403, 404) } }

export const sessionRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ring = () => deps.bells.ring('revocations')

    app.post(
      '/auth/logout',
      { schema: { operationId: 'logOut', tags, summary: 'End this session', response: { 200: Revoked, ...problems(401, 403) } } },
      async (request, reply) => {
        const { userId, sessionId } = requireSession(request.ctx)
        const result = await revokeSessions(request.ctx, { userId, only: sessionId, reason: 'logged_out' })
        ring()
        return reply.clearCookie('orrery_refresh', { path: '/api/v1/auth' }).send(result)
      },
    )
    app.get('/auth/sessions', { schema: { operationId: 'listSessions', tags, summary: 'Your sessions', ...listing } }, async (request) =>
      listSessions(request.ctx, request.query),
    )
    app.delete(
      '/auth/sessions/:id',
      { schema: { operationId: 'revokeSession', tags, summary: 'End one of your sessions', ...ending } },
      async (request, reply) => {
        await revokeSession(request.ctx, { ...requireSession(request.ctx), id: request.params.id })
        ring()
        return reply.code(204).send(null)
      },
    )
    app.delete(
      '/auth/sessions',
      {
        schema: {
          operationId: 'revokeOtherSessions',
          tags,
          summary: 'End all your other sessions',
          response: { 200: Revoked, ...problems(401, 403) },
        },
      },
      async (request) => {
        const { userId, sessionId } = requireSession(request.ctx)
        const result = await revokeSessions(request.ctx, { userId, except: sessionId, reason: 'revoked' })
        ring()
        return result
      },
    )
  }
