import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { etag, ifMatch } from '@orrery/service-kit'
import {
  CreateSchedule,
  Empty,
  IdOf,
  Input,
  PreviewSchedule,
  problems,
  Run,
  Schedule,
  SchedulePage,
  SchedulePreview,
  ScheduleQuery,
  UpdateSchedule,
} from '@orrery/shared-types'
import { type Machinery, withMachinery } from '../../context.ts'
import { deleteSchedule, pauseSchedule, resumeSchedule, updateSchedule } from './change-schedule.ts'
import { createSchedule } from './create-schedule.ts'
import { getSchedule, listSchedules } from './get-schedule.ts'
import { previewSchedule } from './preview-schedule.ts'
import { triggerSchedule } from './trigger-schedule.ts'

const tags = ['schedules']
const params = Input({ id: IdOf('schedule') })
const creating = { body: CreateSchedule, response: { 201: Schedule, ...problems(401, 403, 404, 409, 422) } }
const listing = { querystring: ScheduleQuery, response: { 200: SchedulePage, ...problems(401, 422) } }
const previewing = { body: PreviewSchedule, response: { 200: SchedulePreview, ...problems(401, 422) } }
const reading = { params, response: { 200: Schedule, ...problems(401, 404) } }
const updating = { params, body: UpdateSchedule, response: { 200: Schedule, ...problems(401, 403, 404, 412, 422) } }
const deleting = { params, response: { 204: Empty, ...problems(401, 403, 404) } }
const moving = { params, response: { 200: Schedule, ...problems(401, 403, 404, 409) } }
const triggering = { params, response: { 201: Run, ...problems(401, 403, 404, 409, 422) } }

export const scheduleRoutes =
  (machinery: Machinery): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ctxOf = withMachinery(machinery)
    app.post(
      '/schedules',
      { schema: { operationId: 'createSchedule', tags, summary: 'Plan runs', ...creating } },
      async (request, reply) => {
        const schedule = await createSchedule(ctxOf(request), request.body)
        return reply.code(201).header('etag', etag(schedule)).send(schedule)
      },
    )
    app.get(
      '/schedules',
      { schema: { operationId: 'listSchedules', tags, summary: 'The schedules you can see', ...listing } },
      async (request) => listSchedules(request.ctx, request.query),
    )
    app.post(
      '/schedules/preview',
      { config: { repeatable: true }, schema: { operationId: 'previewSchedule', tags, summary: 'The next fires', ...previewing } },
      async (request) => previewSchedule(request.body, new Date(machinery.engine.now())),
    )
    app.get(
      '/schedules/:id',
      { schema: { operationId: 'getSchedule', tags, summary: 'One schedule', ...reading } },
      async (request, reply) => {
        const schedule = await getSchedule(request.ctx, request.params.id)
        return reply.header('etag', etag(schedule)).send(schedule)
      },
    )
    app.patch(
      '/schedules/:id',
      { schema: { operationId: 'updateSchedule', tags, summary: 'Change times or input', ...updating } },
      async (request) => updateSchedule(ctxOf(request), request.params.id, request.body, ifMatch(request)),
    )
    app.delete(
      '/schedules/:id',
      { schema: { operationId: 'deleteSchedule', tags, summary: 'Remove a plan', ...deleting } },
      async (request, reply) => {
        await deleteSchedule(ctxOf(request), request.params.id)
        return reply.code(204).send(null)
      },
    )
    app.post(
      '/schedules/:id/pause',
      { schema: { operationId: 'pauseSchedule', tags, summary: 'Start no further runs', ...moving } },
      async (request) => pauseSchedule(ctxOf(request), request.params.id),
    )
    app.post('/schedules/:id/resume', { schema: { operationId: 'resumeSchedule', tags, summary: 'Go on', ...moving } }, async (request) =>
      resumeSchedule(ctxOf(request), request.params.id),
    )
    app.post(
      '/schedules/:id/trigger',
      { schema: { operationId: 'triggerSchedule', tags, summary: 'Start a run now', ...triggering } },
      async (request, reply) => reply.code(201).send(await triggerSchedule(ctxOf(request), request.params.id)),
    )
  }
