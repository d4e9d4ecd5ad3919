import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { HookAccepted, IdOf, Input, problems } from '@orrery/shared-types'
import type { FastifyRequest } from 'fastify'
import type { HookCtx } from '../../context.ts'
import { type Call, receiveCall } from './receive-call.ts'

const params = Input({ id: IdOf('hook') })
const calling = { params, response: { 202: HookAccepted, ...problems(401, 404, 409, 413, 422, 429) } }
const about = {
  operationId: 'callHook',
  tags: ['hooks'],
  summary: 'Start a run from outside; the signature is the credential',
  security: [],
}

/** Where others call. The body is taken as the bytes that came: they are what was signed. */
export const hookCallRoutes =
  (ctxOf: (request: FastifyRequest) => HookCtx, rateLimit: object): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.post('/hooks/:id', { config: { public: true, rateLimit }, schema: { ...about, ...calling } }, async (request, reply) => {
      const runId = await receiveCall(ctxOf(request), request.params.id, toCall(request))
      return reply.code(202).send({ runId })
    })
  }

const toCall = ({ body, headers, query }: FastifyRequest): Call => ({
  raw: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  ),
  query: { ...(query as Record<string, string | string[]>) },
})
