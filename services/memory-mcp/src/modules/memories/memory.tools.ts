import { type CallToolResult, fromJsonSchema, McpServer } from '@modelcontextprotocol/server'
import { AppError } from '@orrery/core'
import { type Id, IdOf, Input, Memory, MemoryHits, SearchMemory, StoreMemory } from '@orrery/shared-types'
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import type { MemoryCtx } from '../../context.ts'
import { forgetMemory } from './forget-memory.ts'
import { getMemory } from './get-memory.ts'
import { searchMemories } from './search-memories.ts'
import { storeMemory } from './store-memory.ts'

const { projectId, ...stored } = StoreMemory.properties
const StoreArguments = Input({ ...stored, projectId: Type.Optional(projectId) })
const One = Input({ id: IdOf('memory') })
const Forgotten = Type.Object({ id: IdOf('memory'), forgotten: Type.Boolean() })

/** JSON Schema as MCP shows it and checks it, with the type that TypeBox infers from it. */
const schema = <S extends TSchema>(of: S) => fromJsonSchema<Static<S>>({ ...of })

type Report = (error: unknown) => void

/** The same verbs as over HTTP, offered to agents as tools. One server answers one request of one caller. */
export function createMemoryServer(ctx: MemoryCtx, version: string, report: Report): McpServer {
  const server = new McpServer({ name: 'orrery-memory', version })
  const answer = answerWith(report)
  const store = {
    title: 'Remember',
    description:
      'Keeps a text for a project, with who it is of and why it was written. An API key that is bound to a project needs no projectId.',
    inputSchema: schema(StoreArguments),
    outputSchema: schema(Memory),
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  }
  server.registerTool('memory_store', store, (input) =>
    answer(() => storeMemory(ctx, { ...input, projectId: input.projectId ?? ownProject(ctx) })),
  )
  const search = {
    title: 'Recall',
    description: 'Finds the memories nearest to a text, in one project or in all that the caller can see.',
    inputSchema: schema(SearchMemory),
    outputSchema: schema(MemoryHits),
    annotations: { readOnlyHint: true, openWorldHint: false },
  }
  server.registerTool('memory_search', search, (input) => answer(() => searchMemories(ctx, input)))
  const get = {
    title: 'Read a memory',
    description: 'Gives one memory by its id.',
    inputSchema: schema(One),
    outputSchema: schema(Memory),
    annotations: { readOnlyHint: true, openWorldHint: false },
  }
  server.registerTool('memory_get', get, ({ id }) => answer(() => getMemory(ctx, id)))
  const forget = {
    title: 'Forget',
    description: 'Erases one memory for good.',
    inputSchema: schema(One),
    outputSchema: schema(Forgotten),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  }
  server.registerTool('memory_forget', forget, ({ id }) => answer(() => forgetMemory(ctx, id).then(() => ({ id, forgotten: true }))))
  return server
}

function ownProject({ actor }: MemoryCtx): Id<'project'> {
  if (actor.kind === 'apiKey' && actor.projectId) return actor.projectId
  throw new AppError('invalid', 'project_needed', 'Say which project this belongs to: projectId')
}

/** A refusal is a result that the model can read; anything else is ours and says nothing of the inside. */
const answerWith =
  (report: Report) =>
  async (work: () => Promise<object>): Promise<CallToolResult> => {
    try {
      const result = await work()
      return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: { ...result } }
    } catch (error) {
      if (error instanceof AppError) {
        const fields = (error.errors ?? []).map(({ path, message }) => `; ${path} ${message}`).join('')
        return { isError: true, content: [{ type: 'text', text: `${error.code}: ${error.message}${fields}` }] }
      }
      report(error)
      return { isError: true, content: [{ type: 'text', text: 'internal: Something broke on our side; try again later' }] }
    }
  }
