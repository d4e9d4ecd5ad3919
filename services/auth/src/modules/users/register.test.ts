import { ownCtx } from '@orrery/service-kit'
import { ask } from '@orrery/testing'
import { openAuth, password } from '../../../test/open-auth.ts'
import { admit } from './register-user.ts'

const url = '/api/v1/auth/register'

describe('POST /auth/register', () => {
  it('201 makes the first account an administrator and the next one a user, each audited and announced once, without a hash', async () => {
    await using it = await openAuth()
    const first = await ask(it.app, null).post(url, { ...it.person('ada'), fullName: 'Ada L' })
    const second = await ask(it.app, null).post(url, it.person('bob'))
    expect([first.statusCode, second.statusCode]).toEqual([201, 201])
    expect(first.json().user).toMatchObject({ email: 'ada@example.test', username: 'ada', fullName: 'Ada L', role: 'admin', active: true })
    expect(second.json().user.role).toBe('user')
    expect(first.body).not.toMatch(/hash|argon2|password/i)
    expect(await it.published('user.created')).toEqual([{ username: 'ada' }, { username: 'bob' }])
    const audited = await it.audited('user.created')
    expect(audited).toHaveLength(2)
    expect(JSON.stringify(audited)).not.toMatch(/argon2|password/i)
    const { rows } = await it.admin.query('select password_hash from auth.users')
    for (const row of rows) expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,(t=2,p=1|p=1,t=2)\$/)
  })

  it('of twenty people who come first at once, one becomes administrator', async () => {
    await using it = await openAuth()
    const ctx = ownCtx(it.deps('auth'), 'test')
    const people = Array.from({ length: 20 }, (_, i) => ({ ...it.person(`person${i}`), passwordHash: 'x', invited: true }))
    const users = await Promise.all(people.map((person) => admit(ctx, person)))
    expect(users.filter((user) => user.role === 'admin')).toHaveLength(1)
  })

  it('409 refuses an address or a name that differs from a taken one in case alone, and announces nothing', async () => {
    await using it = await openAuth()
    await it.register('ada')
    const address = await ask(it.app, null).post(url, { ...it.person('other'), email: 'ADA@Example.test' })
    const name = await ask(it.app, null).post(url, { ...it.person('other'), username: 'Ada' })
    expect([address.statusCode, address.json().code, name.statusCode, name.json().code]).toEqual([
      409,
      'email_taken',
      409,
      'username_taken',
    ])
    expect(await it.published('user.created')).toHaveLength(1)
  })

  it.each([
    ['a common password', { password: 'password1234' }, '/password'],
    ['a short password', { password: 'short' }, '/password'],
    ['its own name as password', { username: 'gwendolyn', password: 'Gwendolyn2026' }, '/password'],
    ['no address', { email: 'nobody' }, '/email'],
    ['a role of its own choice', { role: 'admin' }, '/role'],
    ['a name with markup', { username: '<b>' }, '/username'],
  ])('422 refuses %s', async (_what, change, path) => {
    await using it = await openAuth()
    const answer = await ask(it.app, null).post(url, { ...it.person('ada'), ...change })
    expect([answer.statusCode, answer.json().errors?.[0]?.path]).toEqual([422, path])
    expect(await it.published('user.created')).toEqual([])
  })

  it('403 where registration is closed', async () => {
    await using it = await openAuth({ ORRERY_REGISTRATION: 'closed' })
    const answer = await ask(it.app, null).post(url, it.person('ada'))
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'registration_closed'])
  })

  it('403 without an invitation where one is needed; an invitation serves its own address once', async () => {
    await using it = await openAuth({ ORRERY_HOST: '0.0.0.0' })
    const admin = await it.join('ada')
    const uninvited = await ask(it.app, null).post(url, it.person('bob'))
    const made = await ask(it.app, admin).post('/api/v1/users/invitations', { email: 'Bob@example.test' })
    const { invitation } = made.json()
    const stranger = await ask(it.app, null).post(url, { ...it.person('eve'), invitation })
    const invited = await ask(it.app, null).post(url, { ...it.person('bob'), invitation })
    const again = await ask(it.app, null).post(url, { ...it.person('bob'), username: 'bob2', invitation })
    expect([uninvited, made, stranger, invited, again].map((answer) => answer.statusCode)).toEqual([403, 201, 403, 201, 409])
    expect(uninvited.json().code).toBe('invitation_invalid')
    expect(await it.audited('user.invited')).toHaveLength(1)
  })

  it('429 slows one address that registers too often', async () => {
    await using it = await openAuth({ ORRERY_AUTH_RATE_LIMIT: '3' })
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await ask(it.app, null).post(url, it.person(`p${i}x`)))
    expect(answers.map((answer) => answer.statusCode)).toEqual([201, 201, 201, 429])
    expect(answers[3]?.headers['retry-after']).toBeDefined()
  })
})

describe('the administrator of the settings', () => {
  it('is made at the start and can log in', async () => {
    await using it = await openAuth({ ORRERY_ADMIN_EMAIL: 'root@example.test', ORRERY_ADMIN_PASSWORD: password })
    const answer = await ask(it.app, null).post('/api/v1/auth/login', { email: 'root@example.test', password })
    expect([answer.statusCode, answer.json().user.role]).toEqual([200, 'admin'])
  })

  it('the service refuses to start with half of it, or with a weak secret', async () => {
    await expect(openAuth({ ORRERY_ADMIN_EMAIL: 'root@example.test' })).rejects.toThrow('ORRERY_ADMIN_PASSWORD')
    await expect(openAuth({ ORRERY_SECRET_KEY: 'change-me-change-me-change-me-now' })).rejects.toThrow('ORRERY_SECRET_KEY')
    await expect(openAuth({ ORRERY_SECRET_KEY: 'a'.repeat(40) })).rejects.toThrow('ORRERY_SECRET_KEY')
    await expect(openAuth({ ORRERY_SECRET_KEY: 'short' })).rejects.toThrow('ORRERY_SECRET_KEY')
  })
})
