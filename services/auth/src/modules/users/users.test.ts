import { ask, eventually } from '@orrery/testing'
import { openAuth, password } from '../../../test/open-auth.ts'

describe('/auth/me', () => {
  it('200 tells who asks, and PATCH changes what may be changed, audited and announced once', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const changed = await ask(it.app, ada).patch('/api/v1/auth/me', { fullName: 'Ada', theme: 'dark' })
    const me = await ask(it.app, ada).get('/api/v1/auth/me')
    expect([changed.statusCode, me.statusCode]).toEqual([200, 200])
    expect(me.json()).toMatchObject({ fullName: 'Ada', theme: 'dark', email: 'ada@example.test' })
    expect(await it.published('user.updated')).toEqual([{ fields: ['fullName', 'theme'] }])
    expect(await it.audited('user.updated')).toHaveLength(1)
  })

  it('401 without a credential', async () => {
    await using it = await openAuth()
    expect((await ask(it.app, null).get('/api/v1/auth/me')).statusCode).toBe(401)
    expect((await ask(it.app, null).patch('/api/v1/auth/me', {})).statusCode).toBe(401)
  })

  it('422 refuses to make oneself an administrator', async () => {
    await using it = await openAuth()
    await it.register('root')
    const bob = await it.join('bob')
    const answer = await ask(it.app, bob).patch('/api/v1/auth/me', { role: 'admin' })
    expect([answer.statusCode, (await ask(it.app, bob).get('/api/v1/auth/me')).json().role]).toEqual([422, 'user'])
  })
})

describe('/users', () => {
  it('200 lists people for an administrator by page, search and order', async () => {
    await using it = await openAuth()
    const admin = await it.join('ada')
    for (const name of ['bob', 'cyd', 'dee']) await it.register(name)
    const first = (await ask(it.app, admin).get('/api/v1/users?limit=3&sort=username&count=true')).json()
    const second = (await ask(it.app, admin).get(`/api/v1/users?limit=3&sort=username&cursor=${first.nextCursor}`)).json()
    const names = [...first.items, ...second.items].map((user: { username: string }) => user.username)
    expect([names, first.total, second.nextCursor]).toEqual([['ada', 'bob', 'cyd', 'dee'], 4, null])
    expect((await ask(it.app, admin).get('/api/v1/users?q=CY')).json().items).toHaveLength(1)
    expect((await ask(it.app, admin).get('/api/v1/users?q=%25')).json().items).toHaveLength(0)
  })

  it('401 and 403 for everybody else', async () => {
    await using it = await openAuth()
    const admin = await it.join('ada')
    const bob = await it.join('bob')
    for (const path of ['/api/v1/users', `/api/v1/users/${admin.id}`]) {
      expect((await ask(it.app, null).get(path)).statusCode).toBe(401)
      expect((await ask(it.app, bob).get(path)).statusCode).toBe(403)
    }
    expect((await ask(it.app, bob).patch(`/api/v1/users/${bob.id}`, { role: 'admin' })).statusCode).toBe(403)
    expect((await ask(it.app, bob).post('/api/v1/users/invitations', { email: 'x@example.test' })).statusCode).toBe(403)
  })

  it.each(['sort=passwordHash', 'cursor=abc', 'limit=0', 'nonsense=1'])('422 refuses ?%s', async (query) => {
    await using it = await openAuth()
    expect((await ask(it.app, await it.join('ada')).get(`/api/v1/users?${query}`)).statusCode).toBe(422)
  })

  it('422 refuses a cursor that was forged', async () => {
    await using it = await openAuth()
    const admin = await it.join('ada')
    for (const parts of [['-createdAt', 'x', admin.id], ['-createdAt', admin.user.createdAt, 'x'], ['-createdAt', null, admin.id], [1]]) {
      const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url')
      expect((await ask(it.app, admin).get(`/api/v1/users?cursor=${cursor}`)).statusCode).toBe(422)
    }
  })

  it('404 for an unknown id and for what is no id', async () => {
    await using it = await openAuth()
    const admin = await it.join('ada')
    const unknown = (await it.make.user()).id
    expect((await ask(it.app, admin).get(`/api/v1/users/${unknown}`)).statusCode).toBe(404)
    expect((await ask(it.app, admin).get('/api/v1/users/x')).statusCode).toBe(404)
    expect((await ask(it.app, admin).patch(`/api/v1/users/${unknown}`, { active: false })).statusCode).toBe(404)
  })

  it('200 deactivation ends sessions and keys at once, and the person cannot log in again', async () => {
    await using it = await openAuth()
    const admin = await it.join('ada')
    const bob = await it.join('bob')
    const { key } = (await ask(it.app, bob).post('/api/v1/api-keys', { name: 'k', role: 'viewer' })).json()
    expect((await ask(it.app, { token: key }).get('/api/v1/auth/me')).statusCode).toBe(200)
    const answer = await ask(it.app, admin).patch(`/api/v1/users/${bob.id}`, { active: false })
    expect([answer.statusCode, answer.json().active]).toEqual([200, false])
    await eventually('the token stops', async () => (await ask(it.app, bob).get('/api/v1/auth/me')).statusCode === 401, 1000)
    await eventually('the key stops', async () => (await ask(it.app, { token: key }).get('/api/v1/auth/me')).statusCode === 401, 1000)
    const login = await ask(it.app, null).post('/api/v1/auth/login', { email: 'bob@example.test', password })
    const refresh = await ask(it.app, null).post('/api/v1/auth/refresh', { refreshToken: bob.refreshToken })
    expect([login.statusCode, login.json().code, refresh.statusCode]).toEqual([401, 'login_failed', 401])
    expect(await it.published('session.revoked')).toEqual([{ userId: bob.id, reason: 'deactivated' }])
    expect(await it.audited('user.updated')).toHaveLength(1)
  })

  it('200 who loses the administrator role loses the tokens that carry it', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    await it.register('bob')
    const { id } = (await it.logIn('bob')).user
    expect((await ask(it.app, ada).patch(`/api/v1/users/${id}`, { role: 'admin' })).json().role).toBe('admin')
    const bob = await it.logIn('bob')
    expect((await ask(it.app, bob).get('/api/v1/users')).statusCode).toBe(200)
    await ask(it.app, ada).patch(`/api/v1/users/${id}`, { role: 'user' })
    await eventually('the token stops', async () => (await ask(it.app, bob).get('/api/v1/users')).statusCode === 401, 1000)
  })

  it('409 keeps the last administrator, also when two leave at once', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const alone = await ask(it.app, ada).patch(`/api/v1/users/${ada.id}`, { role: 'user' })
    expect([alone.statusCode, alone.json().code]).toEqual([409, 'last_admin'])
    const { id } = await it.register('bob')
    await ask(it.app, ada).patch(`/api/v1/users/${id}`, { role: 'admin' })
    const bob = await it.logIn('bob')
    const answers = await Promise.all([
      ask(it.app, ada).patch(`/api/v1/users/${ada.id}`, { active: false }),
      ask(it.app, bob).patch(`/api/v1/users/${bob.id}`, { role: 'user' }),
    ])
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409])
  })
})

describe('GET /users/lookup', () => {
  it('200 for who manages a project, 403 for others, 404 for nobody, 422 for no address, 401 without a credential', async () => {
    await using it = await openAuth()
    await it.register('ada')
    const bob = await it.join('bob')
    const url = '/api/v1/users/lookup?email=Ada@example.test'
    expect((await ask(it.app, null).get(url)).statusCode).toBe(401)
    expect((await ask(it.app, bob).get(url)).statusCode).toBe(403)
    await it.make.project(bob)
    const found = await ask(it.app, bob).get(url)
    expect([found.statusCode, found.json().username]).toEqual([200, 'ada'])
    expect(Object.keys(found.json())).toEqual(['id', 'username'])
    expect((await ask(it.app, bob).get('/api/v1/users/lookup?email=no@example.test')).statusCode).toBe(404)
    expect((await ask(it.app, bob).get('/api/v1/users/lookup?email=no')).statusCode).toBe(422)
  })
})
