import { newId, uuidOf } from '@orrery/core'
import { ownCtx } from '@orrery/service-kit'
import { ask } from '@orrery/testing'
import { openMemory } from '../../../test/open-memory.ts'
import { forgetExpired } from './forget-memory.ts'

const url = '/api/v1/memory'
const contents = (answer: { json: () => { items: { memory: { content: string } }[] } }) =>
  answer.json().items.map((item) => item.memory.content)

describe('POST /memory', () => {
  it('201 fills in who, when and where, audited and announced once, without the text in the record', async () => {
    await using it = await openMemory()
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    const answer = await it.store(ada, projectId, 'The roof leaks', { why: 'bugfix', tags: ['house', 'house'] })
    expect(answer.statusCode).toBe(201)
    const memory = answer.json()
    expect(memory).toMatchObject({ projectId, content: 'The roof leaks', why: 'bugfix', tags: ['house'], expiresAt: null })
    expect(memory.who).toEqual({ agent: ada.id, category: 'human', capabilities: [] })
    const at = new Date(memory.createdAt)
    expect(memory.when).toEqual({ iso: memory.createdAt, unix: Math.floor(at.getTime() / 1000), readable: at.toUTCString() })
    expect(await it.published('memory.stored')).toEqual([{ why: 'bugfix' }])
    const audited = await it.audited('memory.stored')
    expect(audited).toMatchObject([{ entity_id: memory.id, actor_id: ada.id }])
    expect(JSON.stringify(audited)).not.toContain('roof')
  })

  it('201 by a key, as itself or as the agent it names', async () => {
    await using it = await openMemory()
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    const key = await it.make.apiKey(ada, 'operator', projectId)
    expect((await it.remember(key, projectId, 'x')).who).toEqual({ agent: key.id, category: 'program', capabilities: [] })
    const who = { agent: 'scout', capabilities: ['git'] }
    expect((await it.remember(key, projectId, 'y', { who })).who).toEqual({ ...who, category: 'agent' })
  })

  it('404 hides a project of somebody else, 403 for who may only look; nothing is kept or announced', async () => {
    await using it = await openMemory()
    const [ada, bob, eve] = [await it.make.user(), await it.make.user(), await it.make.user()]
    const projectId = await it.make.project(ada)
    await it.make.member(projectId, bob.id, 'viewer')
    const answers = [
      await it.store(eve, projectId, 'x'),
      await it.store(bob, projectId, 'x'),
      await it.store(await it.make.apiKey(ada, 'viewer'), projectId, 'x'),
    ]
    expect(answers.map((answer) => answer.statusCode)).toEqual([404, 403, 403])
    expect((await it.admin.query('select 1 from memory_mcp.memories')).rows).toEqual([])
    expect(await it.published('memory.stored')).toEqual([])
  })

  it('409 for an Idempotency-Key with another text, one memory for the same', async () => {
    await using it = await openMemory()
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    const send = (content: string) => ask(it.app, ada, { 'idempotency-key': 'k' }).post(url, { projectId, content, why: 'analysis' })
    const [first, second, other] = [await send('a'), await send('a'), await send('b')]
    expect([first.json().id, other.statusCode]).toEqual([second.json().id, 409])
  })

  it('422 refuses what is no memory; 401 without a credential, on every route', async () => {
    await using it = await openMemory()
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    for (const body of [
      {},
      { why: 'fun' },
      { content: '' },
      { ttlMs: 5 },
      { ttlMs: 1e300 },
      { ttlMs: 9e15 },
      { content: 'a\u0000' },
      { createdAt: 'x' },
      { who: {} },
    ]) {
      const valid = { projectId, content: 'x', why: 'analysis' }
      expect((await ask(it.app, ada).post(url, Object.keys(body).length ? { ...valid, ...body } : body)).statusCode).toBe(422)
    }
    const nobody = ask(it.app, null)
    const id = newId('memory')
    const answers = [
      await nobody.post(url, {}),
      await nobody.post(`${url}/search`, {}),
      await nobody.get(`${url}/status`),
      await nobody.get(`${url}/${id}`),
      await nobody.delete(`${url}/${id}`),
      await nobody.post('/mcp', {}),
    ]
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(6).fill(401))
  })
})

describe('POST /memory/search', () => {
  it('200 finds the nearest first, right after it was stored', async () => {
    await using it = await openMemory()
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    for (const text of ['The roof leaks in the rain', 'Invoices need a checksum', 'Rain gauges are calibrated'])
      await it.remember(ada, projectId, text)
    expect(await it.status(ada)).toEqual({ status: 'healthy', chroma: 'up', pendingIndex: 0 })
    const answer = await it.search(ada, 'leaking roof', { projectId })
    expect([answer.statusCode, answer.json().degraded, contents(answer)[0]]).toEqual([200, false, 'The roof leaks in the rain'])
    const scores = answer.json().items.map((item: { score: number }) => item.score)
    expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a))
    expect(scores[0]).toBeGreaterThan(0.3)
    expect(contents(await it.search(ada, 'the roof leaks in the rain', { limit: 1 }))).toHaveLength(1)
  })

  it('200 looks through every project that the caller can see, and no other; filters by who and why', async () => {
    await using it = await openMemory()
    const [ada, bob] = [await it.make.user(), await it.make.user()]
    const [first, second, hidden] = [await it.make.project(ada), await it.make.project(ada), await it.make.project(bob)]
    await it.remember(ada, first, 'roof one', { why: 'bugfix' })
    await it.remember(ada, second, 'roof two', { who: { agent: 'scout' } })
    await it.remember(bob, hidden, 'roof three')
    expect(contents(await it.search(ada, 'roof')).toSorted()).toEqual(['roof one', 'roof two'])
    expect(contents(await it.search(ada, 'roof', { why: 'bugfix' }))).toEqual(['roof one'])
    expect(contents(await it.search(ada, 'roof', { who: 'scout', why: 'analysis' }))).toEqual(['roof two'])
    expect(contents(await it.search(ada, 'roof', { who: 'scout', why: 'bugfix' }))).toEqual([])
    expect(contents(await it.search(await it.make.apiKey(ada, 'viewer', first), 'roof'))).toEqual(['roof one'])
    expect(contents(await it.search(await it.make.user('admin'), 'roof'))).toHaveLength(3)
    expect(contents(await it.search(await it.make.user(), 'roof'))).toEqual([])
  })

  it('404 hides a project of somebody else; 422 for what is no search', async () => {
    await using it = await openMemory()
    const ada = await it.make.user()
    const projectId = await it.make.project(await it.make.user())
    expect((await it.search(ada, 'roof', { projectId })).statusCode).toBe(404)
    for (const more of [{ limit: 0 }, { why: 'x' }, { projectId: 'x' }, { tags: [] }])
      expect((await it.search(ada, 'roof', more)).statusCode).toBe(422)
    expect((await it.search(ada, '')).statusCode).toBe(422)
  })
})

describe('GET and DELETE /memory/:id', () => {
  it('200 shows it to members, 204 erases it for good, audited and announced once', async () => {
    await using it = await openMemory()
    const [ada, bob] = [await it.make.user(), await it.make.user()]
    const projectId = await it.make.project(ada)
    await it.make.member(projectId, bob.id, 'viewer')
    const { id } = await it.remember(ada, projectId, 'The roof leaks')
    expect((await ask(it.app, bob).get(`${url}/${id}`)).json().content).toBe('The roof leaks')
    expect((await ask(it.app, bob).delete(`${url}/${id}`)).statusCode).toBe(403)
    expect((await ask(it.app, ada).delete(`${url}/${id}`)).statusCode).toBe(204)
    expect((await ask(it.app, ada).get(`${url}/${id}`)).statusCode).toBe(404)
    expect((await ask(it.app, ada).delete(`${url}/${id}`)).statusCode).toBe(404)
    expect(contents(await it.search(ada, 'roof'))).toEqual([])
    expect((await it.admin.query('select 1 from memory_mcp.memories')).rows).toEqual([])
    expect([await it.published('memory.deleted'), (await it.audited('memory.deleted')).length]).toEqual([[{}], 1])
    expect(JSON.stringify(await it.audited('memory.deleted'))).not.toContain('roof')
  })

  it('404 hides a memory of somebody else as an unknown one, and it stays', async () => {
    await using it = await openMemory()
    const [ada, eve] = [await it.make.user(), await it.make.user()]
    const { id } = await it.remember(ada, await it.make.project(ada), 'x')
    for (const each of [id, newId('memory'), 'x']) {
      expect((await ask(it.app, eve).get(`${url}/${each}`)).statusCode).toBe(404)
      expect((await ask(it.app, eve).delete(`${url}/${each}`)).statusCode).toBe(404)
    }
    expect((await ask(it.app, ada).get(`${url}/${id}`)).statusCode).toBe(200)
    expect(await it.published('memory.deleted')).toEqual([])
  })

  it('404 once its time is over, and it is erased, once, however many look', async () => {
    await using it = await openMemory()
    const ada = await it.make.user()
    const { id, expiresAt } = await it.remember(ada, await it.make.project(ada), 'The roof leaks', { ttlMs: 60_000 })
    expect(Date.parse(expiresAt ?? '') - Date.now()).toBeGreaterThan(50_000)
    await it.admin.query('update memory_mcp.memories set expires_at = now() where id = $1', [uuidOf('memory', id)])
    expect((await ask(it.app, ada).get(`${url}/${id}`)).statusCode).toBe(404)
    expect(contents(await it.search(ada, 'roof'))).toEqual([])
    const ctx = ownCtx(it.deps('memory-mcp'), 'test')
    const counts = await Promise.all([1, 2, 3, 4].map(() => forgetExpired(ctx)))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(await it.published('memory.deleted')).toEqual([{}])
  })
})
