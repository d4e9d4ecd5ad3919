import { newId } from '@orrery/core'
import type { Page } from '@orrery/shared-types'
import { ask } from '@orrery/testing'
import { openProjects } from '../../../test/open-projects.ts'

const url = '/api/v1/tasks'
const titles = (answer: { json: () => { items: { title: string }[] } }) => answer.json().items.map((item) => item.title)

describe('POST /tasks', () => {
  it('201 adds a task with what it was given, audited and announced once', async () => {
    await using it = await openProjects()
    const { project, operator, viewer } = await it.crew()
    const assignee = { type: 'user', id: viewer.id }
    const body = {
      projectId: project.id,
      title: 'Roof',
      kind: 'story',
      priority: 'high',
      labels: ['a', 'b'],
      dueAt: '2030-01-01T00:00:00.000Z',
      assignee,
    }
    const answer = await ask(it.app, operator).post(url, body)
    expect([answer.statusCode, answer.headers['etag']]).toEqual([201, '"1"'])
    expect(answer.json()).toMatchObject({ ...body, status: 'queued', parentId: null, description: null, progress: 0, version: 1 })
    expect(await it.published('task.created')).toEqual([{ title: 'Roof', status: 'queued' }])
    expect(await it.audited('task.created')).toMatchObject([{ actor_id: operator.id }])
  })

  it('403 for a viewer, also by a key that grants no more; 404 for a stranger; nothing is announced', async () => {
    await using it = await openProjects()
    const { project, owner, viewer, stranger } = await it.crew()
    const body = { projectId: project.id, title: 'x' }
    const statuses = []
    for (const as of [viewer, await it.make.apiKey(owner, 'viewer'), stranger])
      statuses.push((await ask(it.app, as).post(url, body)).statusCode)
    expect(statuses).toEqual([403, 403, 404])
    expect(await it.published('task.created')).toEqual([])
  })

  it('409 in an archived project', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const { id } = await it.begin(ada)
    const task = await it.task(ada, { projectId: id })
    await ask(it.app, ada).patch(`/api/v1/projects/${id}`, { status: 'archived' })
    for (const answer of [
      await ask(it.app, ada).post(url, { projectId: id, title: 'x' }),
      await ask(it.app, ada).patch(`${url}/${task.id}`, { title: 'x' }),
      await ask(it.app, ada).patch(`${url}/${task.id}/status`, { status: 'done' }),
      await ask(it.app, ada).delete(`${url}/${task.id}`),
    ]) {
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'project_archived'])
    }
  })

  it('422 refuses a parent or a person from another project, whatever the caller sees there', async () => {
    await using it = await openProjects()
    const { project, owner, stranger } = await it.crew()
    const other = await it.begin(owner)
    const foreign = await it.task(owner, { projectId: other.id })
    const send = (more: object) => ask(it.app, owner).post(url, { projectId: project.id, title: 'x', ...more })
    const answers = [
      await send({ parentId: foreign.id }),
      await send({ parentId: newId('task') }),
      await send({ assignee: { type: 'user', id: stranger.id } }),
      await send({ assignee: { type: 'agent', id: stranger.id } }),
      await send({ status: 'done' }),
      await send({ title: '' }),
    ]
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(6).fill(422))
    expect((await send({ assignee: { type: 'agent', id: newId('agent') } })).statusCode).toBe(201)
  })

  it('401 without a credential, on every route', async () => {
    await using it = await openProjects()
    const id = newId('task')
    const nobody = ask(it.app, null)
    const answers = [
      await nobody.post(url, {}),
      await nobody.get(url),
      await nobody.get(`${url}/${id}`),
      await nobody.patch(`${url}/${id}`, {}),
      await nobody.patch(`${url}/${id}/status`, {}),
      await nobody.delete(`${url}/${id}`),
    ]
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(6).fill(401))
  })
})

describe('GET /tasks', () => {
  it('200 filters, searches and shows only what the caller can see', async () => {
    await using it = await openProjects()
    const { project, owner, viewer, stranger } = await it.crew()
    const other = await it.begin(owner)
    const make = (title: string, more: object = {}) => it.task(owner, { projectId: project.id, title, ...more })
    const story = await make('Alpha story', { kind: 'story', priority: 'urgent', labels: ['x', 'y'] })
    await make('Beta', { parentId: story.id, description: 'the roof leaks', assignee: { type: 'user', id: viewer.id } })
    await make('Gamma', { priority: 'low' })
    await it.task(owner, { projectId: other.id, title: 'Elsewhere' })
    await ask(it.app, owner).patch(`${url}/${story.id}/status`, { status: 'in_progress' })
    const found = async (query: string, as = viewer) => titles(await ask(it.app, as).get(`${url}?sort=title&${query}`))
    expect(await found('')).toEqual(['Alpha story', 'Beta', 'Gamma'])
    expect(await found('', stranger)).toEqual([])
    expect(await found(`projectId=${other.id}`)).toEqual([])
    expect(await found(`projectId=${other.id}`, owner)).toEqual(['Elsewhere'])
    expect(await found('status=in_progress,blocked')).toEqual(['Alpha story'])
    expect(await found('priority=low,urgent')).toEqual(['Alpha story', 'Gamma'])
    expect(await found('kind=story')).toEqual(['Alpha story'])
    expect(await found('label=y,z')).toEqual(['Alpha story'])
    expect(await found(`parentId=${story.id}`)).toEqual(['Beta'])
    expect(await found(`assigneeId=${viewer.id}`)).toEqual(['Beta'])
    expect(await found('q=leak roof')).toEqual(['Beta'])
    expect((await ask(it.app, viewer).get(`${url}?count=true&limit=1`)).json().total).toBe(3)
  })

  it('200 pages through all in each order; priorities sort by urgency', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const { id } = await it.begin(ada)
    const priorities = ['high', 'low', 'urgent', 'medium', 'low', 'high']
    for (const [i, priority] of priorities.entries())
      await it.task(ada, { projectId: id, priority, ...(i > 3 && { dueAt: '2030-01-01T00:00:00.000Z' }) })
    for (const sort of ['priority', '-priority', 'dueAt', '-dueAt', 'title', '-createdAt', 'updatedAt']) {
      const seen: { id: string; priority: string }[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: Page<{ id: string; priority: string }> = (
          await ask(it.app, ada).get(`${url}?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`)
        ).json()
        seen.push(...page.items)
        cursor = page.nextCursor
      }
      expect([sort, new Set(seen.map((task) => task.id)).size]).toEqual([sort, 6])
      if (sort === '-priority') expect(seen.map((task) => task.priority)).toEqual(['urgent', 'high', 'high', 'medium', 'low', 'low'])
    }
  })

  it.each(['status=x', 'priority=x', 'kind=x', 'sort=status', 'projectId=x', 'cursor=W10'])('422 refuses ?%s', async (query) => {
    await using it = await openProjects()
    expect((await ask(it.app, await it.make.user()).get(`${url}?${query}`)).statusCode).toBe(422)
  })
})

describe('PATCH /tasks/:id', () => {
  it('200 changes what is given, audited and announced once; repeating it changes nothing', async () => {
    await using it = await openProjects()
    const { project, operator, viewer } = await it.crew()
    const { id } = await it.task(operator, { projectId: project.id })
    const change = { title: 'New', labels: ['z'], assignee: { type: 'user', id: viewer.id } }
    const first = await ask(it.app, operator).patch(`${url}/${id}`, change)
    const second = await ask(it.app, operator).patch(`${url}/${id}`, change)
    expect([first.statusCode, first.json(), second.json().version]).toEqual([200, expect.objectContaining(change), 2])
    expect((await ask(it.app, operator).patch(`${url}/${id}`, { assignee: null })).json().assignee).toBeNull()
    expect(await it.published('task.updated')).toEqual([{ fields: ['title', 'labels', 'assignee'] }, { fields: ['assignee'] }])
    expect(await it.audited('task.updated')).toHaveLength(2)
  })

  it('403 for a viewer, 404 for a stranger and for an unknown id, on every change; nothing is announced', async () => {
    await using it = await openProjects()
    const { project, owner, viewer, stranger } = await it.crew()
    const { id } = await it.task(owner, { projectId: project.id })
    for (const [as, of, status] of [
      [viewer, id, 403],
      [stranger, id, 404],
      [owner, newId('task'), 404],
      [owner, 'x', 404],
    ] as const) {
      expect((await ask(it.app, as).patch(`${url}/${of}`, { title: 'x' })).statusCode).toBe(status)
      expect((await ask(it.app, as).patch(`${url}/${of}/status`, { status: 'done' })).statusCode).toBe(status)
      expect((await ask(it.app, as).delete(`${url}/${of}`)).statusCode).toBe(status)
    }
    expect((await ask(it.app, stranger).get(`${url}/${id}`)).json().code).toBe('task_not_found')
    expect((await ask(it.app, viewer).get(`${url}/${id}`)).statusCode).toBe(200)
    expect([await it.published('task.updated'), await it.published('task.status_changed'), await it.published('task.deleted')]).toEqual([
      [],
      [],
      [],
    ])
  })

  it('412 refuses what has changed since, for text and status', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const { id } = await it.task(ada, { projectId: (await it.begin(ada)).id })
    const as = ask(it.app, ada, { 'if-match': '"1"' })
    expect((await as.patch(`${url}/${id}`, { title: 'a' })).statusCode).toBe(200)
    expect((await as.patch(`${url}/${id}`, { title: 'b' })).statusCode).toBe(412)
    expect((await as.patch(`${url}/${id}/status`, { status: 'done' })).statusCode).toBe(412)
  })

  it('422 refuses a circle, also one that eight changes close at once', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const projectId = (await it.begin(ada)).id
    const ring = await Promise.all(Array.from({ length: 8 }, () => it.task(ada, { projectId })))
    const put = (id: string, parentId: string) => ask(it.app, ada).patch(`${url}/${id}`, { parentId })
    const answers = await Promise.all(ring.map(({ id }, i) => put(id, ring[(i + 1) % 8]?.id ?? '')))
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([...Array(7).fill(200), 422])
    const { id } = await it.task(ada, { projectId })
    expect((await put(id, id)).statusCode).toBe(422)
    expect((await ask(it.app, ada).patch(`${url}/${id}`, { status: 'done' })).statusCode).toBe(422)
  })
})

describe('PATCH /tasks/:id/status', () => {
  it('200 moves it and rolls progress up, audited and announced once; repeating it changes nothing', async () => {
    await using it = await openProjects()
    const { project, operator } = await it.crew()
    const parent = await it.task(operator, { projectId: project.id })
    const child = await it.task(operator, { projectId: project.id, parentId: parent.id })
    await it.task(operator, { projectId: project.id, parentId: parent.id })
    const move = () => ask(it.app, operator).patch(`${url}/${child.id}/status`, { status: 'done' })
    const first = await move()
    await move()
    expect([first.statusCode, first.json().status, first.json().progress]).toEqual([200, 'done', 1])
    expect((await ask(it.app, operator).get(`${url}/${parent.id}`)).json().progress).toBe(0.5)
    expect(await it.published('task.status_changed')).toEqual([{ from: 'queued', to: 'done' }])
    expect(await it.audited('task.status_changed')).toHaveLength(1)
  })

  it('409 refuses a move that the states do not have, and announces nothing', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const { id } = await it.task(ada, { projectId: (await it.begin(ada)).id })
    await ask(it.app, ada).patch(`${url}/${id}/status`, { status: 'canceled' })
    const answer = await ask(it.app, ada).patch(`${url}/${id}/status`, { status: 'done' })
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'task_move_refused'])
    expect(await it.published('task.status_changed')).toHaveLength(1)
    expect((await ask(it.app, ada).patch(`${url}/${id}/status`, { status: 'finished' })).statusCode).toBe(422)
  })
})

describe('DELETE /tasks/:id', () => {
  it('204 takes its sub-tasks along, each audited and announced once', async () => {
    await using it = await openProjects()
    const ada = await it.make.user()
    const projectId = (await it.begin(ada)).id
    const parent = await it.task(ada, { projectId })
    const child = await it.task(ada, { projectId, parentId: parent.id })
    await it.task(ada, { projectId, parentId: child.id })
    await it.task(ada, { projectId, title: 'Stays' })
    expect((await ask(it.app, ada).delete(`${url}/${parent.id}`)).statusCode).toBe(204)
    expect(titles(await ask(it.app, ada).get(url))).toEqual(['Stays'])
    expect([(await it.published('task.deleted')).length, (await it.audited('task.deleted')).length]).toEqual([3, 3])
    expect((await ask(it.app, ada).delete(`${url}/${parent.id}`)).statusCode).toBe(404)
  })
})
