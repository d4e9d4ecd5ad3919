import { newId } from '@orrery/core'
import { ask } from '@orrery/testing'
import { openAgents } from '../../../test/open-agents.ts'

const url = '/api/v1/agents'
const names = (answer: { json: () => { items: { name: string }[] } }) => answer.json().items.map((item) => item.name)

describe('POST /agents', () => {
  it('201 makes an agent known, audited and announced once to its projects and its owner', async () => {
    await using it = await openAgents()
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    const body = { name: 'Scout', type: 'coder', capabilities: ['git'], projectIds: [projectId] }
    const answer = await ask(it.app, ada).post(url, body)
    expect([answer.statusCode, answer.headers['etag']]).toEqual([201, '"1"'])
    const metrics = { executions: 0, failed: 0, successRate: null, avgDurationMs: null }
    expect(answer.json()).toMatchObject({ ...body, ownerId: ada.id, status: 'offline', lastSeenAt: null, metrics })
    expect(await it.published('agent.created')).toEqual([{ name: 'Scout' }])
    expect(await it.audiences('agent.created')).toEqual([[projectId, ada.id]])
    expect(await it.audited('agent.created')).toMatchObject([{ actor_id: ada.id }])
  })

  it('404 hides a project of somebody else, 403 where one may only look; nothing is announced', async () => {
    await using it = await openAgents()
    const [ada, bob] = [await it.make.user(), await it.make.user()]
    const projectId = await it.make.project(ada)
    const hire = async () => (await ask(it.app, bob).post(url, { name: 'x', type: 'y', projectIds: [projectId] })).statusCode
    expect(await hire()).toBe(404)
    await it.make.member(projectId, bob.id, 'viewer')
    expect(await hire()).toBe(403)
    expect(await it.published('agent.created')).toEqual([])
  })

  it('403 by a key that only reads or is bound to another project', async () => {
    await using it = await openAgents()
    const ada = await it.make.user()
    const projectId = await it.make.project(ada)
    const hire = async (role: 'viewer' | 'operator', projectIds: string[], bound: boolean) => {
      const key = await it.make.apiKey(ada, role, bound ? projectId : null)
      return (await ask(it.app, key).post(url, { name: 'x', type: 'y', projectIds })).statusCode
    }
    expect(await hire('viewer', [], false)).toBe(403)
    expect(await hire('operator', [], true)).toBe(403)
    expect(await hire('operator', [projectId], true)).toBe(201)
    expect(await hire('operator', [], false)).toBe(201)
  })

  it('409 for an Idempotency-Key with another body; 422 for what is no agent', async () => {
    await using it = await openAgents()
    const ada = await it.make.user()
    const send = (body: object) => ask(it.app, ada, { 'idempotency-key': 'k' }).post(url, body)
    expect((await send({ name: 'x', type: 'y' })).statusCode).toBe(201)
    expect((await send({ name: 'z', type: 'y' })).statusCode).toBe(409)
    for (const body of [
      {},
      { name: 'x', type: '' },
      { name: 'x', type: 'y', ownerId: ada.id },
      { name: 'x', type: 'y', projectIds: ['x'] },
    ]) {
      expect((await ask(it.app, ada).post(url, body)).statusCode).toBe(422)
    }
  })

  it('401 without a credential, on every route', async () => {
    await using it = await openAgents()
    const id = newId('agent')
    const nobody = ask(it.app, null)
    const answers = [
      await nobody.post(url, {}),
      await nobody.get(url),
      await nobody.get(`${url}/${id}`),
      await nobody.patch(`${url}/${id}`, {}),
      await nobody.delete(`${url}/${id}`),
      await nobody.put(`${url}/${id}/status`, {}),
      await nobody.post(`${url}/${id}/heartbeat`),
      await nobody.post(`${url}/activity`, []),
      await nobody.get(`${url}/${id}/activity`),
    ]
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(9).fill(401))
  })
})

describe('GET /agents', () => {
  it('200 shows one’s own, those of one’s projects, and everything to an administrator', async () => {
    await using it = await openAgents()
    const { owner, viewer, stranger, projectId } = await it.crew()
    await it.hire(owner, { name: 'Alone' })
    const seen = async (as: { token: string }) => names(await ask(it.app, as).get(`${url}?sort=name`))
    expect(await seen(owner)).toEqual(['Alone', 'Scout'])
    expect(await seen(viewer)).toEqual(['Scout'])
    expect(await seen(stranger)).toEqual([])
    expect(await seen(await it.make.user('admin'))).toEqual(['Alone', 'Scout'])
    expect(await seen(await it.make.apiKey(owner, 'viewer'))).toEqual(['Alone', 'Scout'])
    expect(await seen(await it.make.apiKey(owner, 'viewer', projectId))).toEqual(['Scout'])
  })

  it('200 filters and pages', async () => {
    await using it = await openAgents()
    const { owner, projectId, agent } = await it.crew()
    await it.hire(owner, { name: 'Miner', type: 'data' })
    await it.hire(owner, { name: 'Scribe', type: 'writer' })
    await ask(it.app, owner).put(`${url}/${agent.id}/status`, { status: 'busy' })
    const found = async (query: string) => names(await ask(it.app, owner).get(`${url}?sort=name&${query}`))
    expect(await found('status=busy,error')).toEqual(['Scout'])
    expect(await found('type=data,writer')).toEqual(['Miner', 'Scribe'])
    expect(await found(`projectId=${projectId}`)).toEqual(['Scout'])
    expect(await found('q=sc')).toEqual(['Scout', 'Scribe'])
    for (const sort of ['createdAt', '-createdAt', 'name', 'lastSeenAt', '-lastSeenAt']) {
      const first = (await ask(it.app, owner).get(`${url}?limit=2&sort=${sort}&count=true`)).json()
      const rest = (await ask(it.app, owner).get(`${url}?limit=2&sort=${sort}&cursor=${first.nextCursor}`)).json()
      expect([first.total, new Set([...first.items, ...rest.items].map((item: { id: string }) => item.id)).size]).toEqual([3, 3])
    }
  })

  it.each(['status=x', 'sort=status', 'projectId=x', 'cursor=x'])('422 refuses ?%s', async (query) => {
    await using it = await openAgents()
    expect((await ask(it.app, await it.make.user()).get(`${url}?${query}`)).statusCode).toBe(422)
  })
})

describe('one agent', () => {
  it('200 and 403 and 404: who may see it, change it, speak for it, delete it', async () => {
    await using it = await openAgents()
    const { agent, projectId, owner, manager, operator, viewer, stranger } = await it.crew()
    const at = `${url}/${agent.id}`
    const ownersReader = await it.make.apiKey(owner, 'viewer')
    const elsewhere = await it.make.apiKey(owner, 'owner', await it.make.project(owner))
    const table = [
      [owner, 200, 200, 200],
      [manager, 200, 200, 200],
      [operator, 200, 403, 200],
      [await it.make.apiKey(operator, 'operator', projectId), 200, 403, 200],
      [viewer, 200, 403, 403],
      [ownersReader, 200, 403, 403],
      [elsewhere, 404, 404, 404],
      [stranger, 404, 404, 404],
      [await it.make.user('admin'), 200, 200, 200],
    ] as const
    for (const [as, sees, changes, speaks] of table) {
      const who = ask(it.app, as)
      const got = [
        (await who.get(at)).statusCode,
        (await who.get(`${at}/activity`)).statusCode,
        (await who.patch(at, { name: 'Scout' })).statusCode,
        (await who.put(`${at}/status`, { status: 'idle' })).statusCode,
        (await who.post(`${at}/heartbeat`)).statusCode,
      ]
      expect(got).toEqual([sees, sees, changes, speaks, speaks])
    }
    for (const as of [operator, viewer, ownersReader]) expect((await ask(it.app, as).delete(at)).statusCode).toBe(403)
    for (const as of [stranger, elsewhere]) expect((await ask(it.app, as).delete(at)).json().code).toBe('agent_not_found')
    expect(await it.published('agent.deleted')).toEqual([])
    expect((await ask(it.app, manager).delete(at)).statusCode).toBe(204)
    expect((await ask(it.app, owner).get(at)).statusCode).toBe(404)
    expect([await it.published('agent.deleted'), await it.audiences('agent.deleted')]).toEqual([[{}], [[projectId, owner.id]]])
  })

  it('200 PATCH changes what is given, audited and announced once; repeating it changes nothing', async () => {
    await using it = await openAgents()
    const { agent, owner, projectId } = await it.crew()
    const second = await it.make.project(owner)
    const change = () => ask(it.app, owner).patch(`${url}/${agent.id}`, { capabilities: ['sql'], projectIds: [second] })
    const answer = await change()
    expect([answer.statusCode, answer.json().projectIds, (await change()).json().version]).toEqual([200, [second], 2])
    expect(await it.published('agent.updated')).toEqual([{ fields: ['capabilities', 'projectIds'] }])
    expect((await it.audiences('agent.updated'))[0]?.toSorted()).toEqual([projectId, second, owner.id].toSorted())
    expect(await it.audited('agent.updated')).toHaveLength(1)
  })

  it('a manager neither sees nor moves the agent’s projects elsewhere, and puts it nowhere else', async () => {
    await using it = await openAgents()
    const { agent, owner, manager, projectId } = await it.crew()
    const hidden = await it.make.project(owner)
    await ask(it.app, owner).patch(`${url}/${agent.id}`, { projectIds: [projectId, hidden] })
    expect((await ask(it.app, manager).get(`${url}/${agent.id}`)).json().projectIds).toEqual([projectId])
    expect((await ask(it.app, manager).patch(`${url}/${agent.id}`, { projectIds: [projectId, hidden] })).statusCode).toBe(404)
    const own = await it.make.project(manager)
    expect((await ask(it.app, manager).patch(`${url}/${agent.id}`, { projectIds: [own] })).json().projectIds).toEqual([own])
    expect((await ask(it.app, owner).get(`${url}/${agent.id}`)).json().projectIds).toEqual([hidden])
  })

  it('412 refuses a change of what has changed since; 422 what is no change', async () => {
    await using it = await openAgents()
    const { agent, owner } = await it.crew()
    const patch = (name: string) => ask(it.app, owner, { 'if-match': '"1"' }).patch(`${url}/${agent.id}`, { name })
    expect([(await patch('a')).statusCode, (await patch('b')).statusCode]).toEqual([200, 412])
    expect((await ask(it.app, owner).patch(`${url}/${agent.id}`, { status: 'busy' })).statusCode).toBe(422)
    expect((await ask(it.app, owner).put(`${url}/${agent.id}/status`, { status: 'asleep' })).statusCode).toBe(422)
    expect((await ask(it.app, owner).get(`${url}/x`)).statusCode).toBe(404)
  })
})
