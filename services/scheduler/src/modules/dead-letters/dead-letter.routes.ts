import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  DeadLetter,
  DeadLetterPage,
  DeadLetterQuery,
  Empty,
  IdOf,
  Input,
  problems,
  RedriveDeadLetters,
  Redriven,
  Run,
} from '@orrery/shared-types'
import { type Machinery, withMachinery } from '../../context.ts'
import { getDeadLetter, listDeadLetters } from './list-dead-letters.ts'
import { dismissDeadLetter, redriveAll, redriveDeadLetter } from './redrive-dead-letter.ts'

const tags = ['queues']
const params = Input({ id: IdOf('step') })
const listing = { querystring: DeadLetterQuery, response: { 200: DeadLetterPage, ...problems(401, 422) } }
const reading = { params, response: { 200: DeadLetter, ...problems(401, 404) } }
const redriving = { params, response: { 201: Run, ...problems(401, 403, 404, 409) } }
const redrivingAll = { body: RedriveDeadLetters, response: { 200: Redriven, ...problems(401, 403, 404, 422) } }
const dismissing = { params, response: { 204: Empty, ...problems(401, 403, 404, 409) } }

export const deadLetterRoutes =
  (machinery: Machinery): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ctxOf = withMachinery(machinery)
    app.get(
      '/dead-letters',
      { schema: { operationId: 'listDeadLetters', tags, summary: 'Steps that were given up', ...listing } },
      async (request) => listDeadLetters(request.ctx, request.query),
    )
    app.get('/dead-letters/:id', { schema: { operationId: 'getDeadLetter', tags, summary: 'One of them', ...reading } }, async (request) =>
      getDeadLetter(request.ctx, request.params.id),
    )
    app.post(
      '/dead-letters/:id/redrive',
      { schema: { operationId: 'redriveDeadLetter', tags, summary: 'Start its run again', ...redriving } },
      async (request, reply) => reply.code(201).send(await redriveDeadLetter(ctxOf(request), request.params.id)),
    )
    app.post(
      '/dead-letters/redrive',
      {
        config: { repeatable: true },
        schema: { operationId: 'redriveDeadLetters', tags, summary: 'Start all of them again', ...redrivingAll },
      },
      async (request) => redriveAll(ctxOf(request), request.body),
    )
    app.delete(
      '/dead-letters/:id',
      { schema: { operationId: 'dismissDeadLetter', tags, summary: 'Take it off the list', ...dismissing } },
      async (request, reply) => {
        await dismissDeadLetter(request.ctx, request.params.id)
        return reply.code(204).send(null)
      },
    )
  }
