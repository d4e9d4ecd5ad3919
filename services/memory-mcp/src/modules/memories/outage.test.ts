import { ask, eventually, openTcpProxy, setting } from '@orrery/testing'
import { ChromaClient } from 'chromadb'
import { openMemory } from '../../../test/open-memory.ts'

describe('while ChromaDB is away', () => {
  it('201 keeps what is stored, 200 finds it by words and says degraded; after its return everything is indexed', async () => {
    const proxy = await openTcpProxy(setting('ORRERY_TEST_CHROMA_URL'))
    await using it = await openMemory({ CHROMA_URL: proxy.url })
    it.use(proxy)
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    const before = await it.remember(ada, projectId, 'The roof leaks')
    await proxy.shut()
    const stored = []
    for (let i = 0; i < 5; i++) stored.push(await it.store(ada, projectId, `Roof tile ${i} is loose`))
    expect(stored.map((answer) => answer.statusCode)).toEqual(Array(5).fill(201))
    expect(await it.status(ada)).toEqual({ status: 'degraded', chroma: 'down', pendingIndex: 5 })
    const found = (await it.search(ada, 'roof tile')).json()
    expect([found.degraded, found.items.length, found.items[0].score]).toEqual([true, 6, null])
    expect((await it.search(ada, 'invoices')).json().items).toEqual([])
    expect((await ask(it.app, ada).delete(`/api/v1/memory/${before.id}`)).statusCode).toBe(204)
    await proxy.reopen()
    await eventually('the index has caught up', async () => (await it.status(ada)).pendingIndex === 0)
    const again = (await it.search(ada, 'roof tile 3')).json()
    expect([again.degraded, again.items.length, again.items[0].memory.content]).toEqual([false, 5, 'Roof tile 3 is loose'])
  })

  it('200 within a second also where it takes connections and never answers', async () => {
    const proxy = await openTcpProxy(setting('ORRERY_TEST_CHROMA_URL'))
    await using it = await openMemory({ CHROMA_URL: proxy.url, ORRERY_CHROMA_RETRY_MS: '60000' })
    it.use(proxy)
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    await it.remember(ada, projectId, 'The roof leaks')
    proxy.beSilent()
    const times = []
    for (let i = 0; i < 5; i++) {
      const from = performance.now()
      expect((await it.search(ada, 'roof')).json()).toMatchObject({ degraded: true, items: [{ score: null }] })
      times.push(performance.now() - from)
    }
    expect(Math.max(...times)).toBeLessThan(1000)
    expect(times.at(-1)).toBeLessThan(200)
  })

  it('a collection that was lost is built anew, and nothing is missed meanwhile', async () => {
    await using it = await openMemory()
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    for (const text of ['The roof leaks', 'Invoices need a checksum']) await it.remember(ada, projectId, text)
    const { hostname, port } = new URL(setting('ORRERY_TEST_CHROMA_URL'))
    const chroma = new ChromaClient({ host: hostname, port: Number(port), ssl: false })
    await chroma.deleteCollection({ name: projectId })
    const found = (await it.search(ada, 'roof')).json()
    expect([found.degraded, found.items.length, found.items[0].memory.content]).toEqual([false, 2, 'The roof leaks'])
    await eventually('the index has caught up', async () => (await it.status(ada)).pendingIndex === 0)
    expect((await it.search(ada, 'roof')).json().items).toHaveLength(2)
  })
})
