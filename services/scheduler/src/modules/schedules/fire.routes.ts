import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  Backfill,
  BackfillProgress,
  BackfillSchedule,
  FirePage,
  FireQuery,
  FireRangeQuery,
  FireSummary,
  FireSummaryQuery,
  Forecast,
  ForecastQuery,
  IdOf,
  Input,
  problems,
  StoppedBackfill,
} from '@orrery/shared-types'
import { type Machinery, withMachinery } from '../../context.ts'
import { backfillSchedule } from './backfill-schedule.ts'
import { forecastFires } from './forecast-fires.ts'
import { getBackfill, listFires } from './get-schedule.ts'
import { stopBackfill } from './stop-backfill.ts'
import { listFiresOfProject, summarizeFires } from './summarize-fires.ts'

const tags = ['schedules']
const params = Input({ id: IdOf('schedule') })
const reciting = { params, querystring: FireQuery, response: { 200: FirePage, ...problems(401, 404, 422) } }
const ranging = { querystring: FireRangeQuery, response: { 200: FirePage, ...problems(401, 404, 422) } }
const summing = { querystring: FireSummaryQuery, response: { 200: FireSummary, ...problems(401, 404, 422) } }
const forecasting = { querystring: ForecastQuery, response: { 200: Forecast, ...problems(401, 404, 422) } }
const filling = { params, body: BackfillSchedule, response: { 200: Backfill, 202: Backfill, ...problems(401, 403, 404, 409, 422) } }
const progressing = { params, response: { 200: BackfillProgress, ...problems(401, 404) } }
const stopping = { params, response: { 200: StoppedBackfill, ...problems(401, 403, 404) } }

/** What schedules did and will do. */
export const fireRoutes =
  (machinery: Machinery): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ctxOf = withMachinery(machinery)
    app.get(
      '/schedules/forecast',
      { schema: { operationId: 'forecastFires', tags, summary: 'What will fire, by minute', ...forecasting } },
      async (request) => forecastFires(request.ctx, request.query, new Date(machinery.engine.now())),
    )
    app.get(
      '/schedules/:id/fires',
      { schema: { operationId: 'listFires', tags, summary: 'What became of each tick', ...reciting } },
      async (request) => listFires(request.ctx, request.params.id, request.query),
    )
    app.get(
      '/schedules/fires',
      { schema: { operationId: 'listProjectFires', tags, summary: 'What became of the ticks of all schedules', ...ranging } },
      async (request) => listFiresOfProject(request.ctx, request.query),
    )
    app.get(
      '/schedules/fires/summary',
      { schema: { operationId: 'summarizeFires', tags, summary: 'How many ticks went how, by hour', ...summing } },
      async (request) => summarizeFires(request.ctx, request.query),
    )
    app.post(
      '/schedules/:id/backfill',
      { schema: { operationId: 'backfillSchedule', tags, summary: 'Make up for ticks of the past', ...filling } },
      async (request, reply) => {
        const backfill = await backfillSchedule(ctxOf(request), request.params.id, request.body)
        return reply.code(backfill.dryRun ? 200 : 202).send(backfill)
      },
    )
    app.get(
      '/schedules/:id/backfill',
      { schema: { operationId: 'getBackfill', tags, summary: 'How many ticks of the past wait for their run', ...progressing } },
      async (request) => getBackfill(request.ctx, request.params.id),
    )
    app.delete(
      '/schedules/:id/backfill',
      { schema: { operationId: 'stopBackfill', tags, summary: 'Make up for no further ticks of the past', ...stopping } },
      async (request) => stopBackfill(ctxOf(request), request.params.id),
    )
  }
