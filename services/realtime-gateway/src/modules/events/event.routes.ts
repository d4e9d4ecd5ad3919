import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { SqlPool } from '@orrery/core'
import { words } from '@orrery/core'
import { EventPage, Input, problems } from '@orrery/shared-types'
import { Type } from '@sinclair/typebox'
import { listEvents, readPlace } from './list-events.ts'

const Query = Input({
  after: Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: 'An eventId; 0 for the first that is kept' })),
  topics: Type.String({ minLength: 1, maxLength: 4000, description: 'Topics, with commas' }),
})

export const eventRoutes =
  (pool: SqlPool): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/events',
      {
        schema: {
          tags: ['events'],
          operationId: 'listEvents',
          summary: 'Read events again',
          querystring: Query,
          response: { 200: EventPage, ...problems(401, 403, 404, 409, 422) },
        },
      },
      async (request) => listEvents(request.ctx, pool, readPlace(request.query.after), words(request.query.topics)),
    )
  }
