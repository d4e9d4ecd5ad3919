import { ownCtx } from '@orrery/service-kit'
import { ask } from '@orrery/testing'
import { decodeProtectedHeader } from 'jose'
import { openAuth, secretKey } from '../../../test/open-auth.ts'
import { buildApp } from '../../app.ts'
import { openSecrets } from '../../secrets.ts'
import { rotateKeys, tendKeys } from './rotate-keys.ts'

const url = '/.well-known/jwks.json'
const kids = (answer: { json: () => { keys: { kid: string }[] } }) => answer.json().keys.map((key) => key.kid)

describe('signing keys', () => {
  it('200 the public key of a token is in the key set, and no private part', async () => {
    await using it = await openAuth()
    const ada = await it.join('ada')
    const answer = await ask(it.app, null).get(url)
    expect(answer.statusCode).toBe(200)
    expect(kids(answer)).toContain(decodeProtectedHeader(ada.token).kid)
    for (const key of answer.json().keys) expect(key).not.toHaveProperty('d')
    const { rows } = await it.admin.query('select sealed from auth.signing_keys')
    expect(rows).toHaveLength(1)
    expect(rows[0].sealed.split('.')).toHaveLength(5)
  })

  it('of three processes that start together one makes the key', async () => {
    await using it = await openAuth()
    await it.admin.query('delete from auth.signing_keys')
    await Promise.all([1, 2, 3].map(() => it.app.close().then(() => buildApp(it.deps('auth'), it.config)))).then((apps) =>
      apps.forEach((app) => it.use(app)),
    )
    expect((await it.admin.query('select 1 from auth.signing_keys')).rows).toHaveLength(1)
  })

  it('after a rotation old and new tokens both verify; the old key goes when its tokens have ended', async () => {
    await using it = await openAuth()
    const before = await it.join('ada')
    const deps = it.deps('auth')
    const secrets = openSecrets(secretKey)
    const ctx = { ...ownCtx(deps, 'test'), secrets }
    const kid = await rotateKeys(ctx)
    await it.admin.query('update auth.signing_keys set active_from = now() where superseded_at is null')
    const second = it.use(await buildApp(it.deps('auth'), it.config))
    const after = (
      await ask(second, null).post('/api/v1/auth/login', { email: 'ada@example.test', password: it.person('ada').password })
    ).json()
    expect(decodeProtectedHeader(after.accessToken).kid).toBe(kid)
    for (const token of [before.token, after.accessToken])
      expect((await ask(second, { token }).get('/api/v1/auth/me')).statusCode).toBe(200)
    await tendKeys(ctx)
    expect(kids(await ask(second, null).get(url))).toHaveLength(3)
    await it.admin.query("update auth.signing_keys set superseded_at = superseded_at - interval '31 minutes'")
    await tendKeys(ctx)
    expect(kids(await ask(second, null).get(url))).not.toContain(decodeProtectedHeader(before.token).kid)
    expect(kids(await ask(second, null).get(url))).toContain(kid)
  })

  it('rotates by itself after a month, and not before', async () => {
    await using it = await openAuth()
    const ctx = { ...ownCtx(it.deps('auth'), 'test'), secrets: openSecrets(secretKey) }
    await tendKeys(ctx)
    expect((await it.admin.query('select 1 from auth.signing_keys')).rows).toHaveLength(1)
    await it.admin.query("update auth.signing_keys set created_at = created_at - interval '31 days'")
    await tendKeys(ctx)
    expect((await it.admin.query('select 1 from auth.signing_keys')).rows).toHaveLength(2)
  })

  it('the service refuses to start with another secret than before, and says which setting is wrong', async () => {
    await using it = await openAuth()
    const other = buildApp(it.deps('auth'), { ...it.config, ORRERY_SECRET_KEY: `${secretKey}X` })
    await expect(other).rejects.toThrow('ORRERY_SECRET_KEY')
  })
})
