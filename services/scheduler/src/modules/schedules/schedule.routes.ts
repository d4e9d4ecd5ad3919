import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ifMatch } from '@orrery/service-kit'
import { CreateSchedule, Empty, IdOf, Input, PreviewSchedule, problems, Run, Schedule, SchedulePage, SchedulePreview, ScheduleQuery, UpdateSchedule } from '@orrery/shared-types'
import { type Machinery, withMachinery } from '../../context.ts'
import { deleteSchedule, pauseSchedule, resumeSchedule, updateSchedule } from './change-schedule.ts'
import { createSchedule } from './create-schedule.ts'
import { getSchedule, listSchedules } from './get-schedule.ts'
import { previewFires } from './preview.ts'
import { readWhen } from './schedule.policy.ts'
import { triggerSchedule } from './trigger-schedule.ts'

const tags = ['schedules']
const params = Input({ id: IdOf('schedule') })

export const scheduleRoutes = (machinery: Machinery): FastifyPluginAsyncTypebox => async (app) => {
  const ctxOf = withMachinery(machinery)
  app.post(
    '/schedules',
    { schema: { tags, operationId: 'createSchedule', summary: 'Plan runs', body: CreateSchedule, response: { 201: Schedule, ...problems(401, 403, 404, 409, 422) } } },
    async (request, reply) => reply.code(201).send(await createSchedule(ctxOf(request), request.body)),
  )
  app.get(
    '/schedules',
    { schema: { tags, operationId: 'listSchedules', summary: 'List schedules', querystring: ScheduleQuery, response: { 200: SchedulePage, ...problems(401, 422) } } },
    async (request) => listSchedules(request.ctx, request.query),
  )
  app.post(
    '/schedules/preview',
    { schema: { tags, operationId: 'previewSchedule', summary: 'Show the next fires', body: PreviewSchedule, response: { 200: SchedulePreview, ...problems(401, 422) } } },
    async (request) => {
      const from = request.body.from === undefined ? new Date(machinery.engine.now()) : new Date(request.body.from)
      const { when, timezone } = readWhen(request.body, from)
      return previewFires(when, timezone, from, request.body.count ?? 10)
    },
  )
  app.get(
    '/schedules/:id',
    { schema: { tags, operationId: 'getSchedule', summary: 'Read a schedule', params, response: { 200: Schedule, ...problems(401, 404) } } },
    async (request) => getSchedule(request.ctx, request.params.id),
  )
  app.patch(
    '/schedules/:id',
    {
      schema: {
        tags,
        operationId: 'updateSchedule',
        summary: 'Change times or input',
        params,
        body: UpdateSchedule,
        response: { 200: Schedule, ...problems(401, 403, 404, 412, 422) },
      },
    },
    async (request) => updateSchedule(ctxOf(request), request.params.id, request.body, ifMatch(request)),
  )
  app.delete(
    '/schedules/:id',
    { schema: { tags, operationId: 'deleteSchedule', summary: 'Remove a plan', params, response: { 204: Empty, ...problems(401, 403, 404) } } },
    async (request, reply) => {
      await deleteSchedule(ctxOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/schedules/:id/pause',
    { schema: { tags, operationId: 'pauseSchedule', summary: 'Start no further runs', params, response: { 200: Schedule, ...problems(401, 403, 404, 409) } } },
    async (request) => pauseSchedule(ctxOf(request), request.params.id),
  )
  app.post(
    '/schedules/:id/resume',
    { schema: { tags, operationId: 'resumeSchedule', summary: 'Go on', params, response: { 200: Schedule, ...problems(401, 403, 404, 409) } } },
    async (request) => resumeSchedule(ctxOf(request), request.params.id),
  )
  app.post(
    '/schedules/:id/trigger',
    { schema: { tags, operationId: 'triggerSchedule', summary: 'Start a run now', params, response: { 201: Run, ...problems(401, 403, 404, 409, 422) } } },
    async (request, reply) => reply.code(201).send(await triggerSchedule(ctxOf(request), request.params.id)),
  )
}
