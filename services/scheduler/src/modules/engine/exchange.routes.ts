import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Exchange, ExchangeAnswer, problems } from '@orrery/shared-types'
import type { Engine } from './engine.ts'
import { requireWorkerKey } from './worker-key.ts'

/** The call of this installation's own workers. They share a secret with the scheduler; the edge doesn't lead here. */
export const exchangeRoutes =
  (engine: Engine, workerKey: string): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/internal/exchange',
      {
        config: { public: true, rateLimit: false, anyText: true },
        bodyLimit: 32 * 1024 * 1024,
        schema: { hide: true, body: Exchange, response: { 200: ExchangeAnswer, ...problems(401, 422) } },
        preValidation: async (request) => requireWorkerKey(workerKey, request.headers.authorization),
      },
      async (request, reply) => {
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        return engine.exchange(request.body, { gone: gone.signal })
      },
    )
  }
