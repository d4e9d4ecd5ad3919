import { timingSafeEqual } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { AppError } from '@orrery/core'
import { Exchange, ExchangeAnswer, problems } from '@orrery/shared-types'
import type { Engine } from './engine.ts'

/** The call of this installation's own workers. They share a secret with the scheduler; the edge doesn't lead here. */
export const exchangeRoutes =
  (engine: Engine, workerKey: string): FastifyPluginAsyncTypebox =>
  async (app) => {
    const expected = Buffer.from(`Bearer ${workerKey}`)
    app.post(
      '/internal/exchange',
      {
        config: { public: true, rateLimit: false },
        bodyLimit: 32 * 1024 * 1024,
        schema: { hide: true, body: Exchange, response: { 200: ExchangeAnswer, ...problems(401, 422) } },
        preValidation: async (request) => {
          const given = Buffer.from(request.headers.authorization ?? '')
          if (given.length !== expected.length || !timingSafeEqual(given, expected))
            throw new AppError('unauthenticated', 'credentials_invalid', 'This is not the key of a worker')
        },
      },
      async (request, reply) => {
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        return engine.exchange(request.body, gone.signal)
      },
    )
  }
