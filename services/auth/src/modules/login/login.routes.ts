import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { AppError } from '@orrery/core'
import { anonymousCtx, type Deps } from '@orrery/service-kit'
import { Login, problems, Refresh, Tokens } from '@orrery/shared-types'
import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Identity } from '../../context.ts'
import type { Issued } from './issue-tokens.ts'
import { logIn } from './log-in.ts'
import { refreshTokens } from './refresh-tokens.ts'

const cookieName = 'orrery_refresh'
type Options = { rateLimit: object; publicUrl: string | undefined }

export const loginRoutes =
  (deps: Deps, identity: Identity, { rateLimit, publicUrl }: Options): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { public: true, rateLimit }
    const common = { tags: ['auth'], security: [] }
    const ctxOf = (request: FastifyRequest) => ({ ...anonymousCtx(deps, request), ...identity })
    const secure = publicUrl?.startsWith('https:') ?? false

    const send = (reply: FastifyReply, { tokens, sessionEndsAt }: Issued) => {
      const where = { path: '/api/v1/auth', httpOnly: true, sameSite: 'strict', secure } as const
      void reply
        .header('cache-control', 'no-store')
        .setCookie(cookieName, tokens.refreshToken, { ...where, expires: new Date(sessionEndsAt) })
      return tokens
    }

    app.post(
      '/auth/login',
      {
        config,
        schema: {
          operationId: 'logIn',
          summary: 'Open a session',
          ...common,
          body: Login,
          response: { 200: Tokens, ...problems(401, 403, 422, 429) },
        },
      },
      async (request, reply) => {
        requireOwnOrigin(request, publicUrl)
        return send(reply, await logIn(ctxOf(request), { ...request.body, userAgent: deviceOf(request) }))
      },
    )
    const refreshing = { body: Type.Union([Refresh, Type.Null()]), response: { 200: Tokens, ...problems(401, 403, 422, 429) } }
    app.post(
      '/auth/refresh',
      { config, schema: { operationId: 'refreshTokens', summary: 'Trade a refresh token for new tokens', ...common, ...refreshing } },
      async (request, reply) => {
        requireOwnOrigin(request, publicUrl)
        const token = request.body?.refreshToken ?? request.cookies[cookieName]
        // A token shown twice ends its session, so the bell rings however this goes.
        const issued = await refreshTokens(ctxOf(request), { token, userAgent: deviceOf(request) }).finally(() =>
          deps.bells.ring('revocations'),
        )
        return send(reply, issued)
      },
    )
  }

const deviceOf = (request: FastifyRequest): string | null => request.headers['user-agent']?.slice(0, 300) ?? null

/** A browser says which page a request comes from. Another site's page may not use this one's cookie. */
function requireOwnOrigin(request: FastifyRequest, publicUrl: string | undefined): void {
  const { origin } = request.headers
  if (origin === undefined) return
  const host = URL.canParse(origin) ? new URL(origin).host : undefined
  if (host !== undefined && (host === request.host || (publicUrl && host === new URL(publicUrl).host))) return
  throw new AppError('forbidden', 'origin_not_allowed', 'This may only be asked from pages of this installation')
}
