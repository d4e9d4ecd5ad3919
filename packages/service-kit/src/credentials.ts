import { createHash } from 'node:crypto'
import { type Actor, AppError, fromUuid, toUuid } from '@orrery/core'
import type { Id, InstallationRole, ProjectRole } from '@orrery/shared-types'
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Bells } from './bells.ts'
import { followRevocations } from './revocations.ts'

export const tokenIssuer = 'orrery'
export const tokenAudience = 'orrery-api'
export const tokenType = 'at+jwt'

/** Tells who a bearer token belongs to. Refuses what is wrong, expired, revoked or deactivated. */
export type Verifier = {
  verify: (token: string) => Promise<Actor>
  /** Whether this very token was found good and may still be. */
  knows: (token: string) => boolean
  close: () => void
}

type Known = { actor: Actor; until: number }

const refused = (why: string, cause?: unknown) => new AppError('unauthenticated', 'credentials_invalid', why, { cause })
const keyCacheMs = 2000
const keySetMs = 60_000
const maxKnown = 10_000

export function createVerifier({ pool, bells, log }: { pool: pg.Pool; bells: Bells; log: Logger }): Verifier {
  const known = new Map<string, Known>()
  const revocations = followRevocations({ pool, bells, log })
  const keys = keepKeys(pool)
  const unlisten = bells.on('revocations', () => {
    for (const [token, entry] of known) if (entry.actor.kind === 'apiKey') known.delete(token)
  })

  return {
    async verify(token) {
      if (token.length > 8192) throw refused('The credential is too long')
      let entry = known.get(token)
      if (!entry || entry.until < Date.now()) {
        await revocations.ready
        entry = token.startsWith('ork_') ? await verifyKey(pool, token) : await verifyJwt(keys, token)
        if (known.size >= maxKnown) known.delete(known.keys().next().value ?? '')
        known.set(token, entry)
      }
      const { actor } = entry
      if (actor.kind === 'user' && revocations.has(toUuid('session', actor.sessionId) ?? '')) {
        throw refused('This session has ended; log in again')
      }
      return actor
    },
    knows: (token) => (known.get(token)?.until ?? 0) >= Date.now(),
    close() {
      revocations.close()
      unlisten()
    },
  }
}

type KeySet = ReturnType<typeof createLocalJWKSet>

/** The public keys, read again each minute, and once a second at most when a token names one that isn't among them. */
function keepKeys(pool: pg.Pool): (fresh: boolean) => Promise<KeySet> {
  let keySet: KeySet | undefined
  let readAt = 0
  return async (fresh) => {
    if (!keySet || Date.now() - readAt > (fresh ? 1000 : keySetMs)) {
      const { rows } = await pool.query<{ jwk: JSONWebKeySet['keys'][number] }>('select jwk from platform.public_keys')
      keySet = createLocalJWKSet({ keys: rows.map((row) => row.jwk) })
      readAt = Date.now()
    }
    return keySet
  }
}

async function verifyJwt(keys: (fresh: boolean) => Promise<KeySet>, token: string): Promise<Known> {
  const options = {
    issuer: tokenIssuer,
    audience: tokenAudience,
    typ: tokenType,
    algorithms: ['EdDSA'],
    clockTolerance: 2,
    // without an end a token would never stop
    requiredClaims: ['exp'],
  }
  const check = async (fresh: boolean) => jwtVerify(token, await keys(fresh), options)
  const { payload } = await check(false)
    .catch((error: { code?: string }) => (error.code === 'ERR_JWKS_NO_MATCHING_KEY' ? check(true) : Promise.reject(error)))
    .catch((error: unknown) => {
      throw isJoseError(error) ? refused('The access token is not valid or has expired; log in again', error) : error
    })
  return { actor: toActor(payload), until: (payload.exp ?? 0) * 1000 + 2000 }
}

async function verifyKey(pool: pg.Pool, key: string): Promise<Known> {
  const { rows } = await pool.query<{ id: string; user_id: string; project_id: string | null; role: ProjectRole }>(
    'select id, user_id, project_id, role from platform.api_keys where key_hash = $1 and (expires_at is null or expires_at > now())',
    [createHash('sha256').update(key).digest()],
  )
  const row = rows[0]
  if (!row) throw refused('This API key is unknown, revoked or expired')
  return {
    actor: {
      kind: 'apiKey',
      id: fromUuid('apiKey', row.id),
      userId: fromUuid('user', row.user_id),
      admin: false,
      projectId: row.project_id === null ? null : fromUuid('project', row.project_id),
      role: row.role,
    },
    until: Date.now() + keyCacheMs,
  }
}

function toActor(payload: JWTPayload): Actor {
  const { sub, sid, role } = payload as { sub?: string; sid?: unknown; role?: unknown }
  if (!sub || !toUuid('user', sub) || typeof sid !== 'string' || !toUuid('session', sid))
    throw refused('The access token is not one of this installation')
  return { kind: 'user', userId: sub as Id<'user'>, sessionId: sid as Id<'session'>, admin: (role as InstallationRole) === 'admin' }
}

const isJoseError = (error: unknown) => error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_J')
