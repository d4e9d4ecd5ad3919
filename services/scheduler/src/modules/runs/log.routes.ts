import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { IdOf, Input, LogFilter, LogPage, LogQuery, problems } from '@orrery/shared-types'
import { Type } from '@sinclair/typebox'
import { type Machinery, withMachinery } from '../../context.ts'
import { downloadLogs, getLogs } from './get-logs.ts'

const tags = ['runs']
const params = Input({ id: IdOf('run') })
const reading = { params, querystring: LogQuery, response: { 200: LogPage, ...problems(401, 404, 422) } }
const text = Type.Unsafe<unknown>({ type: 'string', description: 'A line for each: time, step, stream, text' })
const loading = { params, querystring: LogFilter, produces: ['text/plain'], response: { 200: text, ...problems(401, 404, 422) } }

export const logRoutes =
  (machinery: Machinery): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ctxOf = withMachinery(machinery)
    app.get(
      '/runs/:id/logs',
      { schema: { operationId: 'getRunLogs', tags, summary: 'Lines of its log, searched and paged', ...reading } },
      async (request) => getLogs(ctxOf(request), request.params.id, request.query),
    )
    app.get(
      '/runs/:id/logs/download',
      { exposeHeadRoute: false, schema: { operationId: 'downloadRunLogs', tags, summary: 'Its log as a text file', ...loading } },
      async (request, reply) => {
        const pieces = await downloadLogs(ctxOf(request), request.params.id, request.query)
        reply.header('content-disposition', `attachment; filename="${request.params.id}.log"`)
        return reply.type('text/plain; charset=utf-8').send(Readable.from(pieces, { objectMode: false }))
      },
    )
  }
