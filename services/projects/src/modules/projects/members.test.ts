import { newId } from '@orrery/core'
import { ask } from '@orrery/testing'
import { openProjects } from '../../../test/open-projects.ts'

const at = (id: string) => `/api/v1/projects/${id}/members`

describe('members', () => {
  it('201 adds one, whose rights begin at once, and changes the role; both audited and announced once', async () => {
    await using it = await openProjects()
    const [ada, bob] = [await it.make.user(), await it.make.user()]
    const { id } = await it.begin(ada)
    expect((await ask(it.app, bob).get(at(id))).statusCode).toBe(404)
    const put = (role: string) => ask(it.app, ada).post(at(id), { userId: bob.id, role })
    const added = await put('viewer')
    expect([added.statusCode, added.json().role]).toEqual([201, 'viewer'])
    expect((await ask(it.app, bob).patch(`/api/v1/projects/${id}`, { name: 'x' })).statusCode).toBe(403)
    await put('manager')
    await put('manager')
    expect((await ask(it.app, bob).patch(`/api/v1/projects/${id}`, { name: 'x' })).statusCode).toBe(200)
    expect(await it.published('member.added')).toEqual([{ userId: bob.id, role: 'viewer' }])
    expect(await it.published('member.updated')).toEqual([{ userId: bob.id, role: 'manager' }])
    expect([await it.audited('member.added'), await it.audited('member.updated')]).toMatchObject([[{}], [{}]])
  })

  it('200 lists them to every member by page', async () => {
    await using it = await openProjects()
    const { project, viewer } = await it.crew()
    const first = (await ask(it.app, viewer).get(`${at(project.id)}?limit=3&count=true`)).json()
    const rest = (await ask(it.app, viewer).get(`${at(project.id)}?limit=3&cursor=${first.nextCursor}`)).json()
    expect([first.total, first.items.length, rest.items.length, rest.nextCursor]).toEqual([4, 3, 1, null])
    expect((await ask(it.app, viewer).get(`${at(project.id)}?sort=x`)).statusCode).toBe(422)
  })

  it('204 removes one, whose rights end at once; everybody may leave', async () => {
    await using it = await openProjects()
    const { project, manager, operator, viewer } = await it.crew()
    expect((await ask(it.app, manager).delete(`${at(project.id)}/${operator.id}`)).statusCode).toBe(204)
    expect((await ask(it.app, operator).get(at(project.id))).statusCode).toBe(404)
    expect((await ask(it.app, viewer).delete(`${at(project.id)}/${viewer.id}`)).statusCode).toBe(204)
    expect((await ask(it.app, viewer).get(at(project.id))).statusCode).toBe(404)
    expect(await it.published('member.removed')).toEqual([{ userId: operator.id }, { userId: viewer.id }])
    expect(await it.audited('member.removed')).toHaveLength(2)
  })

  it('403 for a role that is too low, and owners are made and unmade by owners alone', async () => {
    await using it = await openProjects()
    const { project, owner, manager, operator, viewer } = await it.crew()
    const put = async (as: { token: string }, userId: string, role: string) =>
      (await ask(it.app, as).post(at(project.id), { userId, role })).statusCode
    const drop = async (as: { token: string }, userId: string) => (await ask(it.app, as).delete(`${at(project.id)}/${userId}`)).statusCode
    expect([await put(viewer, viewer.id, 'owner'), await put(operator, viewer.id, 'manager'), await drop(operator, viewer.id)]).toEqual([
      403, 403, 403,
    ])
    expect([await put(manager, manager.id, 'owner'), await put(manager, owner.id, 'viewer'), await drop(manager, owner.id)]).toEqual([
      403, 403, 403,
    ])
    expect(await put(manager, viewer.id, 'manager')).toBe(201)
  })

  it('409 keeps the last owner; with a second one the first may go and the project gets the other as its owner', async () => {
    await using it = await openProjects()
    const { project, owner, manager } = await it.crew()
    const leave = () => ask(it.app, owner).delete(`${at(project.id)}/${owner.id}`)
    expect((await leave()).json().code).toBe('last_owner')
    expect((await ask(it.app, owner).post(at(project.id), { userId: owner.id, role: 'viewer' })).json().code).toBe('last_owner')
    expect(await it.published('member.removed')).toEqual([])
    await ask(it.app, owner).post(at(project.id), { userId: manager.id, role: 'owner' })
    expect((await leave()).statusCode).toBe(204)
    expect((await ask(it.app, manager).get(`/api/v1/projects/${project.id}`)).json().ownerId).toBe(manager.id)
  })

  it('409 for one of two owners who leave at once', async () => {
    await using it = await openProjects()
    const { project, owner, manager } = await it.crew()
    await ask(it.app, owner).post(at(project.id), { userId: manager.id, role: 'owner' })
    const answers = await Promise.all([owner, manager].map((who) => ask(it.app, who).delete(`${at(project.id)}/${who.id}`)))
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([204, 409])
  })

  it('404 hides the members of somebody else, and one who is no member; 422 for an unknown role', async () => {
    await using it = await openProjects()
    const { project, owner, stranger } = await it.crew()
    const body = { userId: stranger.id, role: 'owner' }
    expect((await ask(it.app, stranger).get(at(project.id))).statusCode).toBe(404)
    expect((await ask(it.app, stranger).post(at(project.id), body)).statusCode).toBe(404)
    expect((await ask(it.app, stranger).delete(`${at(project.id)}/${owner.id}`)).statusCode).toBe(404)
    expect((await ask(it.app, owner).delete(`${at(project.id)}/${newId('user')}`)).json().code).toBe('member_not_found')
    expect((await ask(it.app, owner).post(at(project.id), { ...body, role: 'god' })).statusCode).toBe(422)
  })
})
