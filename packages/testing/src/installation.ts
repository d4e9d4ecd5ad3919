import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { fromUuid, newId, newUuid, uuidOf } from '@orrery/core'
import { type Deps, openDeps, type StatefulService, tokenAudience, tokenIssuer, tokenType } from '@orrery/service-kit'
import type { Id, ProjectRole } from '@orrery/shared-types'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { exportJWK, SignJWT } from 'jose'
import pg from 'pg'
import { adminUrl, cloneDatabase, serviceUrl, sharedServers, type TestServers } from './databases.ts'

export type TestUser = { id: Id<'user'>; token: string }
export type Answer = Awaited<ReturnType<FastifyInstance['inject']>>

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const kid = 'test'

/** A private database with what a service needs around it, on the shared servers unless others are given. Services are built into it by `app`. */
export async function openInstallation(servers = sharedServers()) {
  const database = await cloneDatabase(servers)
  const admin = new pg.Pool({ connectionString: adminUrl(servers, database.name), max: 3 })
  admin.on('error', () => {})
  await admin.query('insert into platform.public_keys (kid, jwk) values ($1, $2)', [
    kid,
    { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' },
  ])
  const opened: { close: () => Promise<unknown> }[] = []

  const deps = (service: StatefulService, given: Partial<TestServers> = {}): Deps => {
    const made = openDeps({
      service,
      databaseUrl: serviceUrl(servers, database.name, service),
      redisUrl: servers.redisUrl,
      ...given,
      logLevel: 'silent',
      poolSize: 8,
    })
    opened.push(made)
    return made
  }
  /** Builds a service's app, to be asked by `inject`. */
  const app = async (build: (deps: Deps) => Promise<FastifyInstance>, service: StatefulService) => {
    const built = await build(deps(service))
    await built.ready()
    opened.push(built)
    return built
  }

  return {
    admin,
    databaseName: database.name,
    databaseUrl: (service: StatefulService) => serviceUrl(servers, database.name, service),
    redisUrl: servers.redisUrl,
    deps,
    app,
    make: makers(admin),
    /** The events of one name in the order in which they were said, stamped or not. */
    published: async (type: string): Promise<Record<string, unknown>[]> => {
      const { rows } = await admin.query(
        `select payload from (
           select 0 as waits, seq as place, 0::bigint as ord, type, payload from platform.domain_events
           union all select 1, o.id, e.ord, e.v->>'type', e.v->'payload' from platform.outbox o, json_array_elements(o.events::json) with ordinality e(v, ord)
         ) said where type = $1 order by waits, place, ord`,
        [type],
      )
      return rows.map((row: { payload: Record<string, unknown> }) => row.payload)
    },
    audited: async (action: string): Promise<{ entity_id: string; actor_id: string; before: unknown; after: unknown }[]> =>
      (await admin.query('select entity_id, actor_id, before, after from platform.audit_log where action = $1 order by at', [action])).rows,
    /** Takes care of something until the end of the test. */
    use: <T extends { close: () => Promise<unknown> }>(thing: T): T => {
      opened.push(thing)
      return thing
    },
    async [Symbol.asyncDispose]() {
      for (const each of opened.reverse()) await each.close()
      await admin.end()
      await database.drop()
    },
  }
}
export type Installation = Awaited<ReturnType<typeof openInstallation>>

/** Asks an app as somebody: `await ask(app, user).post('/api/v1/projects', { name: 'x' })`. */
export function ask(app: FastifyInstance, as: { token: string } | null, headers: Record<string, string> = {}) {
  const send = (method: InjectOptions['method'], url: string, payload?: unknown): Promise<Answer> =>
    app.inject({
      method: method ?? 'GET',
      url,
      headers: { ...(as && { authorization: `Bearer ${as.token}` }), ...headers },
      ...(payload !== undefined && { payload: payload as object }),
    })
  return {
    get: (url: string) => send('GET', url),
    post: (url: string, body?: unknown) => send('POST', url, body),
    put: (url: string, body?: unknown) => send('PUT', url, body),
    patch: (url: string, body?: unknown) => send('PATCH', url, body),
    delete: (url: string) => send('DELETE', url),
  }
}

/** An access token as the auth service would sign it. */
export const signToken = (claims: {
  userId: Id<'user'>
  sessionId?: Id<'session'>
  role?: 'admin' | 'user'
  lastsFor?: string
}): Promise<string> =>
  new SignJWT({ sid: claims.sessionId ?? newId('session'), role: claims.role ?? 'user' })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: tokenType })
    .setSubject(claims.userId)
    .setJti(newUuid())
    .setIssuer(tokenIssuer)
    .setAudience(tokenAudience)
    .setIssuedAt()
    .setExpirationTime(claims.lastsFor ?? '15m')
    .sign(privateKey)

function makers(admin: pg.Pool) {
  const user = async (role: 'admin' | 'user' = 'user'): Promise<TestUser> => {
    const id = newId('user')
    return { id, token: await signToken({ userId: id, role }) }
  }
  /** Rights in a project, as the projects service would write them. */
  const member = async (of: Id<'project'>, who: Id<'user'>, role: ProjectRole) => {
    await admin.query(
      'insert into platform.project_access (user_id, project_id, role) values ($1, $2, $3) on conflict (user_id, project_id) do update set role = excluded.role',
      [uuidOf('user', who), uuidOf('project', of), role],
    )
  }
  return {
    user,
    member,
    /** A project id with an owner. The projects service itself doesn't know it. */
    project: async (owner: TestUser): Promise<Id<'project'>> => {
      const id = fromUuid('project', newUuid())
      await member(id, owner.id, 'owner')
      return id
    },
    apiKey: async (
      owner: TestUser,
      role: ProjectRole,
      projectId: Id<'project'> | null = null,
    ): Promise<{ token: string; id: Id<'apiKey'> }> => {
      const token = `ork_${randomBytes(24).toString('base64url')}`
      const id = newId('apiKey')
      await admin.query('insert into platform.api_keys (id, key_hash, user_id, project_id, role) values ($1, $2, $3, $4, $5)', [
        uuidOf('apiKey', id),
        createHash('sha256').update(token).digest(),
        uuidOf('user', owner.id),
        projectId && uuidOf('project', projectId),
        role,
      ])
      return { token, id }
    },
  }
}
