import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/fastify'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { type Deps, version } from '@orrery/service-kit'
import { problems } from '@orrery/shared-types'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import type { VectorIndex } from '../../clients/chroma.ts'
import type { MemoryCtx } from '../../context.ts'
import { createMemoryServer } from './memory.tools.ts'

type Options = { index: VectorIndex; hosts: string[] | undefined }

/** MCP over Streamable HTTP, without sessions: each request is answered by a server of its own, as its caller. */
export const mcpRoutes =
  (deps: Deps, { index, hosts }: Options): FastifyPluginAsyncTypebox =>
  async (app) => {
    const caller = new AsyncLocalStorage<MemoryCtx>()
    const report = (error: unknown) => deps.log.error({ err: error }, 'tool failed')
    const handler = createMcpHandler(
      () => {
        const ctx = caller.getStore()
        if (!ctx) throw new Error('A tool was called by nobody')
        return createMemoryServer(ctx, version, report)
      },
      { onerror: (error) => deps.log.debug({ err: error }, 'mcp') },
    )
    app.addHook('onClose', () => handler.close())

    const guards = hosts ? [hostHeaderValidation(hosts), originValidation(hosts)] : []
    // A tool's answer is an answer of MCP, so it is never kept under an Idempotency-Key.
    const serve = (request: FastifyRequest) =>
      caller.run({ ...request.ctx, idempotency: null, index }, () => handler.fetch(toWebRequest(request), { parsedBody: request.body }))

    const schema = {
      operationId: 'mcp',
      tags: ['mcp'],
      summary: 'Model Context Protocol',
      response: { 200: Type.Unknown({ description: 'JSON-RPC, as one body or as a stream of events' }), ...problems(401) },
    }
    app.post('/mcp', { onRequest: guards, schema }, async (request, reply) => reply.send(await serve(request)))
    for (const method of ['GET', 'DELETE'] as const) {
      app.route({
        method,
        url: '/mcp',
        onRequest: guards,
        schema: { hide: true },
        handler: async (request, reply) => reply.send(await serve(request)),
      })
    }
  }

function toWebRequest(request: FastifyRequest): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    for (const each of [value].flat()) if (each !== undefined) headers.append(name, each)
  }
  const body = request.body === undefined || request.body === null ? null : JSON.stringify(request.body)
  return new Request(new URL(request.url, `${request.protocol}://${request.host}`), { method: request.method, headers, body })
}
