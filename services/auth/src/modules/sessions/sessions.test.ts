import { newId } from '@orrery/core'
import { ask, eventually } from '@orrery/testing'
import { openAuth } from '../../../test/open-auth.ts'

describe('sessions', () => {
  it('200 logging out ends this session everywhere within a second, and no other', async () => {
    await using it = await openAuth()
    const one = await it.join('ada')
    const two = await it.logIn('ada')
    const elsewhere = it.deps('projects')
    await elsewhere.verifier.verify(one.token)
    const answer = await ask(it.app, one).post('/api/v1/auth/logout')
    expect([answer.statusCode, answer.json()]).toEqual([200, { revoked: 1 }])
    expect(String(answer.headers['set-cookie'])).toMatch(/orrery_refresh=;/)
    await eventually('this service refuses', async () => (await ask(it.app, one).get('/api/v1/auth/me')).statusCode === 401, 1000)
    await eventually(
      'another service refuses',
      () =>
        elsewhere.verifier.verify(one.token).then(
          () => false,
          () => true,
        ),
      1000,
    )
    expect((await ask(it.app, two).get('/api/v1/auth/me')).statusCode).toBe(200)
    expect((await ask(it.app, null).post('/api/v1/auth/refresh', { refreshToken: one.refreshToken })).statusCode).toBe(401)
    expect(await it.published('session.revoked')).toEqual([{ userId: one.id, reason: 'logged_out' }])
    expect(await it.audited('session.revoked')).toHaveLength(1)
  })

  it('200 lists the living ones with the current one marked; 204 ends one; 200 ends all others', async () => {
    await using it = await openAuth()
    const one = await it.join('ada')
    await it.logIn('ada', { 'user-agent': 'second' })
    await it.logIn('ada', { 'user-agent': 'third' })
    const listed = (await ask(it.app, one).get('/api/v1/auth/sessions?count=true')).json()
    expect([listed.total, listed.items.filter((session: { current: boolean }) => session.current)]).toEqual([3, [expect.anything()]])
    const second = listed.items.find((session: { userAgent: string }) => session.userAgent === 'second')
    expect((await ask(it.app, one).delete(`/api/v1/auth/sessions/${second.id}`)).statusCode).toBe(204)
    expect((await ask(it.app, one).delete(`/api/v1/auth/sessions/${second.id}`)).statusCode).toBe(404)
    expect((await ask(it.app, one).delete('/api/v1/auth/sessions')).json()).toEqual({ revoked: 1 })
    expect((await ask(it.app, one).get('/api/v1/auth/sessions')).json().items).toHaveLength(1)
  })

  it("404 hides another person's session, and ends nothing", async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const bob = await it.join('bob')
    const { id } = (await ask(it.app, bob).get('/api/v1/auth/sessions')).json().items[0]
    expect((await ask(it.app, ada).delete(`/api/v1/auth/sessions/${id}`)).statusCode).toBe(404)
    expect((await ask(it.app, ada).delete(`/api/v1/auth/sessions/${newId('session')}`)).statusCode).toBe(404)
    expect(await it.published('session.revoked')).toEqual([])
  })

  it('401 without a credential, 403 with an API key, 422 for a field that cannot be sorted by', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const key = await it.make.apiKey(ada, 'owner')
    for (const [as, status] of [
      [null, 401],
      [key, 403],
    ] as const) {
      expect((await ask(it.app, as).post('/api/v1/auth/logout')).statusCode).toBe(status)
      expect((await ask(it.app, as).get('/api/v1/auth/sessions')).statusCode).toBe(status)
      expect((await ask(it.app, as).delete('/api/v1/auth/sessions')).statusCode).toBe(status)
      expect((await ask(it.app, as).delete(`/api/v1/auth/sessions/${newId('session')}`)).statusCode).toBe(status)
      expect((await ask(it.app, as).patch('/api/v1/auth/me', { theme: 'dark' })).statusCode).toBe(status)
    }
    expect((await ask(it.app, ada).get('/api/v1/auth/sessions?sort=ip')).statusCode).toBe(422)
  })
})
