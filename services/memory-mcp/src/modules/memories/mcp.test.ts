import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { newId } from '@orrery/core'
import type { Memory } from '@orrery/shared-types'
import { ask } from '@orrery/testing'
import { openMemory } from '../../../test/open-memory.ts'

type Open = Awaited<ReturnType<typeof openMemory>>
type Result = { isError?: boolean; content: { text?: string }[]; structuredContent?: unknown }

/** The official client over a real connection. */
async function connect(it: Open, { token }: { token: string }) {
  if (!it.app.server.listening) await it.app.listen({ host: '127.0.0.1', port: 0 })
  const address = it.app.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const transport = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
  const client = it.use(new Client({ name: 'test', version: '1' }))
  await client.connect(transport)
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name: string, args: Record<string, unknown>) => (await client.callTool({ name, arguments: args })) as Result,
  }
}

describe('MCP', () => {
  it('offers four tools with schemas, to a person and to a key', async () => {
    await using it = await openMemory()
    const ada = await it.make.user()
    for (const as of [ada, await it.make.apiKey(ada, 'viewer')]) {
      const tools = await (await connect(it, as)).tools()
      expect(tools.map((tool) => tool.name)).toEqual(['memory_store', 'memory_search', 'memory_get', 'memory_forget'])
      for (const tool of tools) expect(tool).toMatchObject({ inputSchema: { type: 'object' }, outputSchema: { type: 'object' } })
    }
  })

  it('stores, finds, reads and forgets as its caller, audited and announced once each', async () => {
    await using it = await openMemory()
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    const key = await it.make.apiKey(ada, 'operator', projectId)
    const agent = await connect(it, key)
    const stored = await agent.call('memory_store', { content: 'The roof leaks', why: 'bugfix' })
    const memory = stored.structuredContent as Memory
    expect(memory).toMatchObject({ projectId, content: 'The roof leaks', who: { agent: key.id, category: 'program' } })
    const found = await agent.call('memory_search', { query: 'leaking roof' })
    expect(found.structuredContent).toMatchObject({ degraded: false, items: [{ memory: { id: memory.id } }] })
    expect((await agent.call('memory_get', { id: memory.id })).structuredContent).toEqual(memory)
    expect((await ask(it.app, ada).get(`/api/v1/memory/${memory.id}`)).json()).toEqual(memory)
    expect((await agent.call('memory_forget', { id: memory.id })).structuredContent).toEqual({ id: memory.id, forgotten: true })
    expect((await agent.call('memory_get', { id: memory.id })).isError).toBe(true)
    expect([await it.published('memory.stored'), await it.published('memory.deleted')]).toEqual([[{ why: 'bugfix' }], [{}]])
    expect([(await it.audited('memory.stored')).length, (await it.audited('memory.deleted')).length]).toEqual([1, 1])
  })

  it('hides what belongs to somebody else, as HTTP does, and changes nothing', async () => {
    await using it = await openMemory()
    const [ada, eve] = [await it.make.user(), await it.make.user()]
    const projectId = await it.make.project(ada)
    const { id } = await it.remember(ada, projectId, 'The roof leaks')
    const spy = await connect(it, eve)
    const refusals = [
      await spy.call('memory_get', { id }),
      await spy.call('memory_get', { id: newId('memory') }),
      await spy.call('memory_forget', { id }),
      await spy.call('memory_search', { query: 'roof', projectId }),
      await spy.call('memory_store', { content: 'x', why: 'analysis', projectId }),
      await spy.call('memory_store', { content: 'x', why: 'analysis' }),
    ]
    expect(refusals.map((refusal) => refusal.content[0]?.text?.split(':')[0])).toEqual([
      'memory_not_found',
      'memory_not_found',
      'memory_not_found',
      'project_not_found',
      'project_not_found',
      'project_needed',
    ])
    expect((await spy.call('memory_search', { query: 'roof' })).structuredContent).toEqual({ items: [], degraded: false })
    expect((await ask(it.app, ada).get(`/api/v1/memory/${id}`)).statusCode).toBe(200)
  })

  it.each([
    ['an argument that the schema does not know', { content: 'x', why: 'analysis', admin: true }],
    ['an unknown intent', { content: 'x', why: 'fun' }],
    ['an id of another kind', { content: 'x', why: 'analysis', projectId: 'usr_1' }],
  ])('refuses %s', async (_what, args) => {
    await using it = await openMemory()
    const agent = await connect(it, await it.make.user())
    const refused = await agent.call('memory_store', args).then(
      (result) => result.isError === true,
      () => true,
    )
    expect(refused).toBe(true)
    expect(await it.published('memory.stored')).toEqual([])
  })

  it('401 without a credential and 403 under a foreign name or from a foreign page', async () => {
    await using it = await openMemory({ ORRERY_PUBLIC_URL: 'https://orrery.example.test' })
    const ada = await it.make.user()
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }
    const accept = 'application/json, text/event-stream'
    const send = async (as: { token: string } | null, headers: Record<string, string>) =>
      (await ask(it.app, as, { accept, host: 'orrery.example.test', ...headers }).post('/mcp', list)).statusCode
    expect(await send(null, {})).toBe(401)
    expect(await send({ token: 'x' }, {})).toBe(401)
    expect(await send(ada, {})).toBe(200)
    expect(await send(ada, { origin: 'https://orrery.example.test' })).toBe(200)
    expect(await send(ada, { host: 'evil.test' })).toBe(403)
    expect(await send(ada, { origin: 'https://evil.test' })).toBe(403)
    expect((await ask(it.app, ada, { host: 'localhost' }).get('/mcp')).statusCode).toBe(405)
  })
})
