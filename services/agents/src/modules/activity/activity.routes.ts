import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ActivityAccepted, ActivityPage, IdOf, Input, PlainPageQuery, problems, RecordActivity } from '@orrery/shared-types'
import { listActivity } from './list-activity.ts'
import { recordActivity } from './record-activity.ts'

const tags = ['agents']
const recording = { body: RecordActivity, response: { 202: ActivityAccepted, ...problems(401, 403, 404, 409, 422) } }
const listing = {
  params: Input({ id: IdOf('agent') }),
  querystring: PlainPageQuery,
  response: { 200: ActivityPage, ...problems(401, 404, 422) },
}

export const activityRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/agents/activity',
    { schema: { operationId: 'recordActivity', tags, summary: 'Say what agents did', ...recording } },
    async (request, reply) => {
      const { body } = request
      return reply.code(202).send(await recordActivity(request.ctx, Array.isArray(body) ? body : [body]))
    },
  )
  app.get(
    '/agents/:id/activity',
    { schema: { operationId: 'listActivity', tags, summary: 'What an agent did', ...listing } },
    async (request) => listActivity(request.ctx, request.params.id, request.query),
  )
}
