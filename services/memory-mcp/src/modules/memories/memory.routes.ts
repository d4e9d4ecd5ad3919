import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Empty, IdOf, Input, Memory, MemoryHits, MemoryStatus, problems, SearchMemory, StoreMemory } from '@orrery/shared-types'
import type { VectorIndex } from '../../clients/chroma.ts'
import { forgetMemory } from './forget-memory.ts'
import { getMemory } from './get-memory.ts'
import { getMemoryStatus } from './get-memory-status.ts'
import { searchMemories } from './search-memories.ts'
import { storeMemory } from './store-memory.ts'

const tags = ['memory']
const params = Input({ id: IdOf('memory') })
const storing = { body: StoreMemory, response: { 201: Memory, ...problems(401, 403, 404, 409, 422) } }
const searching = { body: SearchMemory, response: { 200: MemoryHits, ...problems(401, 404, 422) } }
const telling = { response: { 200: MemoryStatus, ...problems(401) } }
const reading = { params, response: { 200: Memory, ...problems(401, 404) } }
const forgetting = { params, response: { 204: Empty, ...problems(401, 403, 404) } }

export const memoryRoutes =
  (index: VectorIndex): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/memory',
      { schema: { operationId: 'storeMemory', tags, summary: 'Remember something', ...storing } },
      async (request, reply) => reply.code(201).send(await storeMemory({ ...request.ctx, index }, request.body)),
    )
    app.post(
      '/memory/search',
      {
        config: { repeatable: true },
        schema: { operationId: 'searchMemories', tags, summary: 'Find what is near to a text', ...searching },
      },
      async (request) => searchMemories({ ...request.ctx, index }, request.body),
    )
    app.get(
      '/memory/status',
      { schema: { operationId: 'getMemoryStatus', tags, summary: 'How the memory is', ...telling } },
      async (request) => getMemoryStatus({ ...request.ctx, index }),
    )
    app.get('/memory/:id', { schema: { operationId: 'getMemory', tags, summary: 'One memory', ...reading } }, async (request) =>
      getMemory(request.ctx, request.params.id),
    )
    app.delete(
      '/memory/:id',
      { schema: { operationId: 'forgetMemory', tags, summary: 'Erase a memory', ...forgetting } },
      async (request, reply) => {
        await forgetMemory({ ...request.ctx, index }, request.params.id)
        return reply.code(204).send(null)
      },
    )
  }
