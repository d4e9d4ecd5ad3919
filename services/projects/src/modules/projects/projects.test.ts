import { newId, uuidOf } from '@orrery/core'
import type { Page } from '@orrery/shared-types'
import { ask } from '@orrery/testing'
import { openProjects } from '../../../test/open-projects.ts'

const url = '/api/v1/projects'
const names = (answer: { json: () => { items: { name: string }[] } }) => answer.json().items.map((item) => item.name)

describe('POST /projects', () => {
  it('201 makes its creator the owner, audited and announced once', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const answer = await ask(it.app, ada).post(url, { name: 'Apollo', description: 'To the moon' })
    expect([answer.statusCode, answer.headers['etag']]).toEqual([201, '"1"'])
    const project = answer.json()
    expect(project).toMatchObject({
      name: 'Apollo',
      ownerId: ada.id,
      role: 'owner',
      status: 'active',
      riskFlag: 'none',
      progress: 0,
      version: 1,
    })
    expect(await it.published('project.created')).toEqual([{ name: 'Apollo' }])
    expect(await it.audited('project.created')).toMatchObject([{ entity_id: project.id, actor_id: ada.id }])
    const { rows } = await it.admin.query('select role from platform.project_access')
    expect(rows).toEqual([{ role: 'owner' }])
  })

  it('201 the same answer again for the same Idempotency-Key, 409 for another body', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const send = (name: string) => ask(it.app, ada, { 'idempotency-key': 'k1' }).post(url, { name })
    const [first, second, other] = [await send('Apollo'), await send('Apollo'), await send('Gemini')]
    expect([first.json(), other.statusCode]).toEqual([second.json(), 409])
    expect(await it.published('project.created')).toHaveLength(1)
  })

  it('404 hides a parent of somebody else, 403 below one that is seen but not managed', async () => {
    await using it = await openProjects()
    const { project, stranger, operator, manager } = await it.crew()
    const below = (as: { token: string }) => ask(it.app, as).post(url, { name: 'Lander', parentId: project.id })
    expect([(await below(stranger)).statusCode, (await below(operator)).statusCode, (await below(manager)).statusCode]).toEqual([
      404, 403, 201,
    ])
    expect(await it.published('project.created')).toHaveLength(2)
  })

  it('403 by a key that is bound to a project or too weak', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const { id } = await it.begin(ada)
    const send = async (role: 'viewer' | 'manager', bound: boolean) =>
      (await ask(it.app, await it.make.apiKey(ada, role, bound ? id : null)).post(url, { name: 'x' })).statusCode
    expect([await send('viewer', false), await send('manager', true), await send('manager', false)]).toEqual([403, 403, 201])
  })

  it.each([
    {},
    { name: ' ' },
    { name: 'x', ownerId: newId('user') },
    { name: 'x', status: 'archived' },
    { name: 'x', dueAt: 'soon' },
    { name: 'a\u0000b' },
  ])('422 refuses %j', async (body) => {
    await using it = await openProjects()
    expect((await ask(it.app, await it.make.user()).post(url, body)).statusCode).toBe(422)
    expect(await it.published('project.created')).toEqual([])
  })

  it('401 without a credential, on every route', async () => {
    await using it = await openProjects()
    const id = newId('project')
    const nobody = ask(it.app, null)
    const answers = [
      await nobody.post(url, { name: 'x' }),
      await nobody.get(url),
      await nobody.get(`${url}/${id}`),
      await nobody.patch(`${url}/${id}`, {}),
      await nobody.delete(`${url}/${id}`),
      await nobody.get(`${url}/${id}/members`),
      await nobody.post(`${url}/${id}/members`, {}),
      await nobody.delete(`${url}/${id}/members/${newId('user')}`),
    ]
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(8).fill(401))
  })
})

describe('GET /projects', () => {
  it('200 shows what the caller belongs to, and an administrator everything', async () => {
    await using it = await openProjects()
    const [ada, bob, admin] = [await it.make.user(), await it.make.user(), await it.make.user('admin')]
    await it.begin(ada, { name: 'Hers' })
    const { id } = await it.begin(bob, { name: 'His' })
    expect(names(await ask(it.app, ada).get(url))).toEqual(['Hers'])
    expect(names(await ask(it.app, await it.make.apiKey(bob, 'viewer', id)).get(url))).toEqual(['His'])
    const all = await ask(it.app, admin).get(`${url}?sort=name&count=true`)
    expect([names(all), all.json().total, all.json().items[0].role]).toEqual([['Hers', 'His'], 2, 'owner'])
  })

  it('200 pages through every project once, in each order, also where many have no due date', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    for (let i = 0; i < 7; i++) await it.begin(ada, { name: `P${i % 3}`, ...(i % 2 && { dueAt: `2030-01-0${i}T00:00:00.000Z` }) })
    for (const sort of ['createdAt', '-createdAt', 'name', '-name', 'dueAt', '-dueAt', '-updatedAt']) {
      const seen: { id: string; dueAt: string | null }[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: Page<{ id: string; dueAt: string | null }> = (
          await ask(it.app, ada).get(`${url}?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`)
        ).json()
        seen.push(...page.items)
        cursor = page.nextCursor
      }
      expect([sort, seen.length, new Set(seen.map(({ id }) => id)).size]).toEqual([sort, 7, 7])
      if (sort === 'dueAt') expect(seen.map(({ dueAt }) => dueAt === null)).toEqual([false, false, false, true, true, true, true])
    }
  })

  it('200 filters by status, owner, risk, being overdue and words', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const old = await it.begin(ada, { name: 'Old house', description: 'see docs/roof-plan.md', dueAt: '2020-01-01T00:00:00.000Z' })
    await it.begin(ada, { name: 'New house', dueAt: '2090-01-01T00:00:00.000Z' })
    const barn = await it.begin(ada, { name: 'Barn' })
    await ask(it.app, ada).patch(`${url}/${barn.id}`, { riskFlag: 'at_risk', status: 'archived' })
    const found = async (query: string) => names(await ask(it.app, ada).get(`${url}?sort=name&${query}`))
    expect(await found('status=archived')).toEqual(['Barn'])
    expect(await found('status=active,archived')).toHaveLength(3)
    expect(await found(`ownerId=${ada.id}`)).toHaveLength(3)
    expect(await found(`ownerId=${newId('user')}`)).toEqual([])
    expect(await found('riskFlag=at_risk,off_track')).toEqual(['Barn'])
    expect(await found('overdue=true')).toEqual([old.name])
    expect(await found('overdue=false')).toEqual(['Barn', 'New house'])
    expect(await found('q=hou')).toEqual(['New house', 'Old house'])
    expect(await found('q=roof')).toEqual(['Old house'])
    expect(await found(`q=${encodeURIComponent("' | !:* (")}`)).toEqual([])
  })

  it.each(['status=lost', 'riskFlag=a', 'sort=version', 'cursor=x', 'overdue=perhaps', 'ownerId=x', 'limit=1000', 'x=1'])(
    '422 refuses ?%s',
    async (query) => {
      await using it = await openProjects()
      expect((await ask(it.app, await it.make.user()).get(`${url}?${query}`)).statusCode).toBe(422)
    },
  )
})

describe('GET and PATCH /projects/:id', () => {
  it('200 tells progress and the role of who asks; a parent that the caller cannot see is not named', async () => {
    await using it = await openProjects()
    const { project, owner, viewer } = await it.crew()
    const below = await it.begin(owner, { name: 'Lander', parentId: project.id })
    for (let i = 0; i < 4; i++) await it.task(owner, { projectId: project.id })
    const [first, second] = (await ask(it.app, owner).get(`/api/v1/tasks?projectId=${project.id}`)).json().items
    await ask(it.app, owner).patch(`/api/v1/tasks/${first.id}/status`, { status: 'done' })
    await ask(it.app, owner).patch(`/api/v1/tasks/${second.id}/status`, { status: 'canceled' })
    const seen = (await ask(it.app, viewer).get(`${url}/${project.id}`)).json()
    expect([seen.role, Math.round(seen.progress * 100)]).toEqual(['viewer', 33])
    const guest = await it.make.user()
    await ask(it.app, owner).post(`${url}/${below.id}/members`, { userId: guest.id, role: 'viewer' })
    expect((await ask(it.app, guest).get(`${url}/${below.id}`)).json().parentId).toBeNull()
    expect((await ask(it.app, owner).get(`${url}/${below.id}`)).json().parentId).toBe(project.id)
  })

  it('200 changes what is given, audited and announced once; repeating it changes nothing', async () => {
    await using it = await openProjects()
    const { project, manager } = await it.crew()
    const change = () => ask(it.app, manager).patch(`${url}/${project.id}`, { name: 'Gemini', riskFlag: 'off_track' })
    const first = await change()
    const second = await change()
    expect([first.statusCode, first.json().name, second.json().version]).toEqual([200, 'Gemini', first.json().version])
    expect(await it.published('project.updated')).toEqual([{ fields: ['name', 'riskFlag'] }])
    expect(await it.audited('project.updated')).toHaveLength(1)
  })

  it('403 keeps a role that is too low from changing, archiving and deleting', async () => {
    await using it = await openProjects()
    const { project, viewer, operator, manager } = await it.crew()
    for (const who of [viewer, operator]) expect((await ask(it.app, who).patch(`${url}/${project.id}`, { name: 'x' })).statusCode).toBe(403)
    expect((await ask(it.app, manager).patch(`${url}/${project.id}`, { status: 'archived' })).statusCode).toBe(403)
    expect((await ask(it.app, manager).delete(`${url}/${project.id}`)).statusCode).toBe(403)
    expect([await it.published('project.updated'), await it.published('project.deleted')]).toEqual([[], []])
  })

  it('404 hides a project of somebody else and answers as for an unknown id, and announces nothing', async () => {
    await using it = await openProjects()
    const { project, stranger, viewer } = await it.crew()
    for (const id of [project.id, newId('project')]) {
      for (const answer of [
        await ask(it.app, stranger).get(`${url}/${id}`),
        await ask(it.app, stranger).patch(`${url}/${id}`, { name: 'x' }),
        await ask(it.app, stranger).delete(`${url}/${id}`),
      ]) {
        expect([answer.statusCode, answer.json().code]).toEqual([404, 'project_not_found'])
      }
    }
    const other = await it.begin(viewer)
    const key = await it.make.apiKey(viewer, 'owner', other.id)
    expect((await ask(it.app, key).get(`${url}/${project.id}`)).statusCode).toBe(404)
    expect(await it.published('project.updated')).toEqual([])
  })

  it('412 refuses a change of what has changed since', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const { id } = await it.begin(ada)
    const patch = (version: string, name: string) => ask(it.app, ada, { 'if-match': version }).patch(`${url}/${id}`, { name })
    expect([(await patch('"1"', 'A')).statusCode, (await patch('"1"', 'B')).statusCode, (await patch('x', 'B')).statusCode]).toEqual([
      200, 412, 412,
    ])
    expect((await patch('"2"', 'C')).headers['etag']).toBe('"3"')
  })

  it('422 refuses a circle, also one that eight changes close at once', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const ring = await Promise.all(Array.from({ length: 8 }, () => it.begin(ada)))
    const put = (id: string, parentId: string) => ask(it.app, ada).patch(`${url}/${id}`, { parentId })
    const answers = await Promise.all(ring.map(({ id }, i) => put(id, ring[(i + 1) % 8]?.id ?? '')))
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([...Array(7).fill(200), 422])
    const { id } = await it.begin(ada)
    expect((await put(id, id)).statusCode).toBe(422)
    expect((await put(id, newId('project'))).statusCode).toBe(404)
  })
})

describe('DELETE /projects/:id', () => {
  it('204 takes the project, its tasks and all rights in it away, and tells who belonged to it', async () => {
    await using it = await openProjects()
    const { project, owner, viewer } = await it.crew()
    const task = await it.task(owner, { projectId: project.id })
    expect((await ask(it.app, owner).delete(`${url}/${project.id}`)).statusCode).toBe(204)
    for (const who of [owner, viewer, await it.make.user('admin')]) {
      expect((await ask(it.app, who).get(`${url}/${project.id}`)).statusCode).toBe(404)
      expect((await ask(it.app, who).get(`/api/v1/tasks/${task.id}`)).statusCode).toBe(404)
    }
    expect((await it.admin.query('select 1 from platform.project_access')).rows).toEqual([])
    // by which other services learn what to end
    expect((await it.admin.query('select project_id from platform.deleted_projects')).rows).toEqual([
      { project_id: uuidOf('project', project.id) },
    ])
    const { rows } = await it.admin.query(
      "select e->'audience' as audience from platform.outbox o, json_array_elements(o.events::json) e where e->>'type' = 'project.deleted'",
    )
    expect(rows[0].audience).toHaveLength(4)
    expect(rows[0].audience).toContain(viewer.id)
  })

  it('409 keeps a project that others are below', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const { id } = await it.begin(ada)
    const below = await it.begin(ada, { parentId: id })
    expect((await ask(it.app, ada).delete(`${url}/${id}`)).json().code).toBe('project_has_children')
    await ask(it.app, ada).delete(`${url}/${below.id}`)
    expect((await ask(it.app, ada).delete(`${url}/${id}`)).statusCode).toBe(204)
  })
})
