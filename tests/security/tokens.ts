import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { newId } from '@orrery/core'
import { tokenAudience, tokenIssuer, tokenType } from '@orrery/service-kit'
import type { Installation } from '@orrery/testing'

type Part = Record<string, unknown>
const encode = (part: Part | Buffer) => (Buffer.isBuffer(part) ? part : Buffer.from(JSON.stringify(part))).toString('base64url')

/** Puts a token together by hand, so that it can be wrong in ways in which no library would make one. */
export function tokenOf(header: Part, payload: Part, signed: (data: Buffer) => Buffer): string {
  const data = `${encode(header)}.${encode(payload)}`
  return `${data}.${encode(signed(Buffer.from(data)))}`
}

const byEd25519 = (key: KeyObject) => (data: Buffer) => sign(null, data, key)
const seconds = () => Math.floor(Date.now() / 1000)

/** What would make a good token, with a key that the installation trusts. */
export async function openForge(it: Installation) {
  const trusted = generateKeyPairSync('ed25519')
  const foreign = generateKeyPairSync('ed25519')
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const kid = 'forge'
  const jwk = { ...trusted.publicKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', use: 'sig' }
  await it.admin.query('insert into platform.public_keys (kid, jwk) values ($1, $2)', [kid, jwk])
  const header = { alg: 'EdDSA', kid, typ: tokenType }
  const claims = (more: Part = {}): Part => ({
    sub: newId('user'),
    sid: newId('session'),
    role: 'admin',
    iss: tokenIssuer,
    aud: tokenAudience,
    iat: seconds(),
    exp: seconds() + 900,
    ...more,
  })
  const good = byEd25519(trusted.privateKey)
  const made = (more: Part, moreHeader: Part = {}) => tokenOf({ ...header, ...moreHeader }, claims(more), good)
  const without = (name: string) => tokenOf(header, Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name)), good)
  const publicPem = trusted.publicKey.export({ type: 'spki', format: 'pem' })
  const whole = made({})
  const bad: Record<string, string> = {
    'no algorithm': tokenOf({ ...header, alg: 'none' }, claims(), () => Buffer.alloc(0)),
    'no algorithm, in capitals': tokenOf({ ...header, alg: 'NONE' }, claims(), () => Buffer.alloc(0)),
    'no signature': whole.slice(0, whole.lastIndexOf('.') + 1),
    'HS256 with the public key as its secret': tokenOf({ ...header, alg: 'HS256' }, claims(), (data) =>
      createHmac('sha256', publicPem).update(data).digest(),
    ),
    'ES256 by a key of its own': tokenOf({ ...header, alg: 'ES256' }, claims(), (data) =>
      sign('sha256', data, { key: elliptic.privateKey, dsaEncoding: 'ieee-p1363' }),
    ),
    'a foreign key under our key id': tokenOf(header, claims(), byEd25519(foreign.privateKey)),
    'a key id that nobody knows': tokenOf({ ...header, kid: '../../dev/null' }, claims(), good),
    'a foreign key that it brings along': tokenOf(
      { ...header, kid: 'mine', jwk: foreign.publicKey.export({ format: 'jwk' }) },
      claims(),
      byEd25519(foreign.privateKey),
    ),
    'a place to fetch keys from': tokenOf(
      { ...header, kid: 'mine', jku: 'http://127.0.0.1:1/keys' },
      claims(),
      byEd25519(foreign.privateKey),
    ),
    'another issuer': made({ iss: 'somebody' }),
    'another audience': made({ aud: 'another-api' }),
    'another type': made({}, { typ: 'JWT' }),
    'no type': tokenOf({ alg: 'EdDSA', kid }, claims(), good),
    'no issuer': without('iss'),
    'no audience': without('aud'),
    'no session': without('sid'),
    'no subject': without('sub'),
    'no end': without('exp'),
    'an agent as its subject': made({ sub: newId('agent') }),
    'a past end': made({ iat: seconds() - 1800, exp: seconds() - 900 }),
    'a beginning in the future': made({ nbf: seconds() + 600 }),
    'an end that is no number': made({ exp: 'never' }),
    'an extension that must be understood': made({ b64: true, x: 1 }, { crit: ['x'], x: 1 }),
    'a payload that is no object': tokenOf(header, ['a'] as unknown as Part, good),
    'a body changed by a letter': whole.replace(/\.(.)/, (_all, first: string) => `.${first === 'e' ? 'f' : 'e'}`),
    'ten thousand letters more': made({ more: 'x'.repeat(10_000) }),
  }
  return { good: whole, bad, expired: made({ iat: seconds() - 1800, exp: seconds() - 900 }) }
}
