import { newId } from '@orrery/core'
import { ask, eventually } from '@orrery/testing'
import { openAuth } from '../../../test/open-auth.ts'

const url = '/api/v1/api-keys'

describe('API keys', () => {
  it('201 shows the key once, keeps its hash alone, and it works until it is revoked', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const made = await ask(it.app, ada).post(url, { name: 'ci', role: 'operator' })
    const { apiKey, key } = made.json()
    expect([made.statusCode, apiKey.name, apiKey.role, key.startsWith(apiKey.hint)]).toEqual([201, 'ci', 'operator', true])
    expect(key).toMatch(/^ork_[\w-]{43}$/)
    expect((await ask(it.app, { token: key }).get('/api/v1/auth/me')).json().id).toBe(ada.id)
    const listed = await ask(it.app, ada).get(url)
    expect(listed.json().items).toEqual([apiKey])
    expect(JSON.stringify([await it.audited('api_key.created'), listed.body])).not.toContain(key)
    expect((await ask(it.app, ada).delete(`${url}/${apiKey.id}`)).statusCode).toBe(204)
    await eventually('the key stops', async () => (await ask(it.app, { token: key }).get('/api/v1/auth/me')).statusCode === 401, 1000)
    expect((await ask(it.app, ada).get(url)).json().items).toEqual([])
    expect([await it.published('api_key.created'), await it.published('api_key.revoked')]).toEqual([[{ name: 'ci' }], [{}]])
    expect(await it.audited('api_key.revoked')).toHaveLength(1)
  })

  it('a repeated request with an Idempotency-Key keeps no secret', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const again = () => ask(it.app, ada, { 'idempotency-key': 'one' }).post(url, { name: 'ci', role: 'viewer' })
    expect((await again()).json().key).not.toBe((await again()).json().key)
    expect((await it.admin.query('select 1 from platform.idempotency_keys')).rows).toEqual([])
  })

  it('404 hides a project of somebody else, 403 grants no more than one has, and nothing is made', async () => {
    await using it = await openAuth()
    await it.register('root')
    const bob = await it.join('bob')
    const project = await it.make.project(await it.make.user())
    const ask1 = () => ask(it.app, bob).post(url, { name: 'k', role: 'operator', projectId: project })
    expect((await ask1()).statusCode).toBe(404)
    await it.make.member(project, bob.id, 'viewer')
    expect((await ask1()).statusCode).toBe(403)
    await it.make.member(project, bob.id, 'operator')
    expect((await ask1()).statusCode).toBe(201)
    expect(await it.published('api_key.created')).toHaveLength(1)
  })

  it("404 hides another person's key, and it goes on working", async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const bob = await it.join('bob')
    const { apiKey, key } = (await ask(it.app, bob).post(url, { name: 'k', role: 'viewer' })).json()
    expect((await ask(it.app, ada).delete(`${url}/${apiKey.id}`)).statusCode).toBe(404)
    expect((await ask(it.app, ada).get(url)).json().items).toEqual([])
    expect((await ask(it.app, { token: key }).get('/api/v1/auth/me')).statusCode).toBe(200)
  })

  it('401 once its time is over', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const expiresAt = new Date(Date.now() + 60_000).toISOString()
    const { key } = (await ask(it.app, ada).post(url, { name: 'k', role: 'viewer', expiresAt })).json()
    expect((await it.admin.query('select expires_at from platform.api_keys')).rows[0].expires_at.toISOString()).toBe(expiresAt)
    await it.admin.query('update platform.api_keys set expires_at = now()')
    expect((await ask(it.app, { token: key }).get('/api/v1/auth/me')).statusCode).toBe(401)
  })

  it('401 without a credential, 403 by a key, 422 for a past end or an unknown role', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const key = await it.make.apiKey(ada, 'owner')
    for (const [as, status] of [
      [null, 401],
      [key, 403],
    ] as const) {
      expect((await ask(it.app, as).post(url, { name: 'k', role: 'viewer' })).statusCode).toBe(status)
      expect((await ask(it.app, as).get(url)).statusCode).toBe(status)
      expect((await ask(it.app, as).delete(`${url}/${newId('apiKey')}`)).statusCode).toBe(status)
    }
    expect((await ask(it.app, ada).post(url, { name: 'k', role: 'viewer', expiresAt: '2020-01-01T00:00:00.000Z' })).statusCode).toBe(422)
    expect((await ask(it.app, ada).post(url, { name: 'k', role: 'god' })).statusCode).toBe(422)
    expect((await ask(it.app, ada).get(`${url}?sort=hint`)).statusCode).toBe(422)
  })
})
