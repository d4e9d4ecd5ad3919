import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { takeAnyJson } from '@orrery/service-kit'
import { Exchange, ExchangeAnswer, problems } from '@orrery/shared-types'
import type { FastifyInstance } from 'fastify'
import type { Engine } from './engine.ts'
import { mendCall } from './mend-call.ts'
import { requireWorkerKey } from './worker-key.ts'

/** The call of this installation's own workers. They share a secret with the scheduler; the edge doesn't lead here. */
export const exchangeRoutes =
  (engine: Engine, workerKey: string): FastifyPluginAsyncTypebox =>
  async (app) => {
    takeAnyJson(app as unknown as FastifyInstance)
    app.post(
      '/internal/exchange',
      {
        config: { public: true, rateLimit: false, anyValue: true },
        bodyLimit: 32 * 1024 * 1024,
        schema: { hide: true, body: Exchange, response: { 200: ExchangeAnswer, ...problems(401, 422) } },
        preValidation: async (request) => {
          requireWorkerKey(workerKey, request.headers.authorization)
          mendCall(request.body, request.headers)
        },
      },
      async (request, reply) => {
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        return engine.exchange(request.body, { gone: gone.signal })
      },
    )
  }
