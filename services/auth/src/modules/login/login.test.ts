import { ask, eventually } from '@orrery/testing'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { openAuth, password } from '../../../test/open-auth.ts'

const url = '/api/v1/auth/login'
const refreshUrl = '/api/v1/auth/refresh'
const cookieOf = (answer: { headers: Record<string, unknown> }) => String(answer.headers['set-cookie'])

describe('POST /auth/login', () => {
  it('200 gives a token of fifteen minutes and a strict cookie, in any spelling of the address', async () => {
    await using it = await openAuth()
    await it.register('ada')
    const answer = await ask(it.app, null).post(url, { email: ' ADA@example.test', password })
    const { accessToken, expiresIn, refreshToken, user } = answer.json()
    expect([answer.statusCode, expiresIn, user.username]).toEqual([200, 900, 'ada'])
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.any(String) })
    const claims = decodeJwt(accessToken)
    expect(claims).toMatchObject({ iss: 'orrery', aud: 'orrery-api', sub: user.id, role: 'admin', sid: expect.stringMatching(/^ses_/) })
    expect(claims).toMatchObject({ jti: expect.any(String) })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900)
    expect(cookieOf(answer)).toMatch(/^orrery_refresh=ort_.*; Path=\/api\/v1\/auth; Expires=.*; HttpOnly; SameSite=Strict$/)
    const { rows } = await it.admin.query('select hash from auth.refresh_tokens')
    expect(rows).toHaveLength(1)
    expect(rows[0].hash).not.toContain(refreshToken)
    expect(await it.published('session.created')).toEqual([{ userId: user.id }])
    expect(await it.audited('session.created')).toHaveLength(1)
  })

  it('the cookie is Secure where the installation is reached by https', async () => {
    await using it = await openAuth({ ORRERY_PUBLIC_URL: 'https://orrery.example.test' })
    await it.register('ada')
    expect(cookieOf(await ask(it.app, null).post(url, { email: 'ada@example.test', password }))).toContain('; Secure')
  })

  it('401 the same answer for an unknown address and a wrong password, in about the same time', async () => {
    await using it = await openAuth()
    await it.register('ada')
    const attempt = async (email: string) => {
      const from = performance.now()
      const answer = await ask(it.app, null).post(url, { email, password: 'quite another one' })
      return { ms: performance.now() - from, answer }
    }
    await attempt('warm@example.test')
    const unknown = [await attempt('no@example.test'), await attempt('no@example.test'), await attempt('no@example.test')]
    const wrong = [await attempt('ada@example.test'), await attempt('ada@example.test'), await attempt('ada@example.test')]
    const said = [...unknown, ...wrong].map(({ answer }) => [answer.statusCode, answer.json().code, answer.json().detail].join())
    expect(new Set(said).size).toBe(1)
    expect(said[0]).toMatch(/^401,login_failed/)
    const fastest = (tries: { ms: number }[]) => Math.min(...tries.map(({ ms }) => ms))
    expect(fastest(unknown)).toBeGreaterThan(fastest(wrong) * 0.4)
    expect(fastest(unknown)).toBeLessThan(fastest(wrong) * 2.5)
    expect(await it.published('session.created')).toEqual([])
  })

  it('429 slows guesses at one account, known or not, and the right password waits as well', async () => {
    await using it = await openAuth()
    await it.register('ada')
    for (const email of ['ada@example.test', 'nobody@example.test']) {
      const statuses = []
      for (let i = 0; i < 6; i++) statuses.push((await ask(it.app, null).post(url, { email, password: 'wrong' })).statusCode)
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
    }
    const right = await ask(it.app, null).post(url, { email: 'ada@example.test', password })
    expect([right.statusCode, right.json().code, Number(right.headers['retry-after']) > 0]).toEqual([429, 'login_slowed', true])
    await it.admin.query("update auth.login_failures set last_at = last_at - interval '10 seconds'")
    expect((await ask(it.app, null).post(url, { email: 'ada@example.test', password })).statusCode).toBe(200)
  })

  it('422 for what is no login', async () => {
    await using it = await openAuth()
    expect((await ask(it.app, null).post(url, { email: 'x' })).statusCode).toBe(422)
    expect((await ask(it.app, null).post(url, { email: { $ne: 1 }, password })).statusCode).toBe(422)
  })

  it('403 from a page of another site, or of none', async () => {
    await using it = await openAuth()
    await it.register('ada')
    const from = (origin: string) => ask(it.app, null, { origin, host: 'orrery.test' }).post(url, { email: 'ada@example.test', password })
    expect((await from('https://evil.test')).json().code).toBe('origin_not_allowed')
    expect((await from('null')).statusCode).toBe(403)
    expect((await from('http://orrery.test')).statusCode).toBe(200)
  })
})

describe('POST /auth/refresh', () => {
  it('200 rotates, by body or by cookie, and the new token works', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const byBody = await ask(it.app, null).post(refreshUrl, { refreshToken: ada.refreshToken })
    expect(byBody.statusCode).toBe(200)
    expect(byBody.json().refreshToken).not.toBe(ada.refreshToken)
    const byCookie = await ask(it.app, null, { cookie: `orrery_refresh=${byBody.json().refreshToken}` }).post(refreshUrl)
    expect(byCookie.statusCode).toBe(200)
    expect((await ask(it.app, { token: byCookie.json().accessToken }).get('/api/v1/auth/me')).statusCode).toBe(200)
  })

  it('403 by cookie from a page of another site, and nothing is spent', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const headers = { cookie: `orrery_refresh=${ada.refreshToken}`, origin: 'https://evil.test' }
    expect((await ask(it.app, null, headers).post(refreshUrl)).statusCode).toBe(403)
    const { rows } = await it.admin.query('select spent_at from auth.refresh_tokens')
    expect(rows).toEqual([{ spent_at: null }])
  })

  it('200 ten at once with one token all get the same successor', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask(it.app, null).post(refreshUrl, { refreshToken: ada.refreshToken })),
    )
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(10).fill(200))
    expect(new Set(answers.map((answer) => answer.json().refreshToken)).size).toBe(1)
    const { rows } = await it.admin.query('select count(*)::int as tokens from auth.refresh_tokens')
    expect(rows[0].tokens).toBe(2)
  })

  it('401 a spent token shown again after the grace ends the whole session within a second', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const next = (await ask(it.app, null).post(refreshUrl, { refreshToken: ada.refreshToken })).json()
    await it.admin.query("update auth.refresh_tokens set spent_at = spent_at - interval '11 seconds' where spent_at is not null")
    const replay = await ask(it.app, null).post(refreshUrl, { refreshToken: ada.refreshToken })
    expect([replay.statusCode, replay.json().code]).toEqual([401, 'refresh_token_invalid'])
    await eventually(
      'both access tokens stop',
      async () => {
        const both = [ada.token, next.accessToken].map((token) => ask(it.app, { token }).get('/api/v1/auth/me'))
        return (await Promise.all(both)).every((answer) => answer.statusCode === 401)
      },
      1000,
    )
    expect((await ask(it.app, null).post(refreshUrl, { refreshToken: next.refreshToken })).statusCode).toBe(401)
    expect(await it.published('session.revoked')).toEqual([{ userId: ada.id, reason: 'refresh_token_reused' }])
    expect(await it.audited('session.revoked')).toHaveLength(1)
  })

  it('401 past the absolute end, however fresh the token; an access token never outlives its session', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    await it.admin.query("update auth.sessions set expires_at = now() + interval '60 seconds'")
    const short = (await ask(it.app, null).post(refreshUrl, { refreshToken: ada.refreshToken })).json()
    expect(short.expiresIn).toBeLessThanOrEqual(60)
    await it.admin.query('update auth.sessions set expires_at = now()')
    expect((await ask(it.app, null).post(refreshUrl, { refreshToken: short.refreshToken })).statusCode).toBe(401)
  })

  it('401 without, or with an invented token', async () => {
    await using it = await openAuth()
    expect((await ask(it.app, null).post(refreshUrl)).statusCode).toBe(401)
    expect((await ask(it.app, null).post(refreshUrl, { refreshToken: 'ort_x' })).statusCode).toBe(401)
    expect((await ask(it.app, null).post(refreshUrl, { refreshToken: 5 })).statusCode).toBe(422)
  })

  it('429 when one address asks too often', async () => {
    await using it = await openAuth({ ORRERY_AUTH_RATE_LIMIT: '1' })
    expect((await ask(it.app, null).post(refreshUrl)).statusCode).toBe(401)
    expect((await ask(it.app, null).post(refreshUrl)).statusCode).toBe(429)
  })
})
