import { loadConfig } from '@orrery/service-kit'
import type { Tokens, User } from '@orrery/shared-types'
import { ask, openInstallation } from '@orrery/testing'
import { AuthConfig, buildApp } from '../src/app.ts'

export const secretKey = 'q8Zr4vT1xW7nB3kL9mD2sF6hJ0pG5cYe'
export const password = 'tin-lantern-52-harbour'

/** The auth service on a private database. `settings` override what it reads from the environment. */
export async function openAuth(settings: Record<string, string> = {}) {
  const it = await openInstallation()
  const read = () =>
    loadConfig(AuthConfig, {
      DATABASE_URL: it.databaseUrl('auth'),
      REDIS_URL: 'redis://127.0.0.1',
      ORRERY_SECRET_KEY: secretKey,
      ORRERY_AUTH_RATE_LIMIT: '1000',
      ...settings,
    })
  const start = async () => {
    const config = read()
    return { config, app: await it.app((deps) => buildApp(deps, config), 'auth') }
  }
  const { config, app } = await start().catch(async (error: unknown) => {
    await it[Symbol.asyncDispose]()
    throw error
  })
  const person = (name: string) => ({ email: `${name}@example.test`, username: name, password })
  const register = async (name: string): Promise<User> =>
    (await ask(app, null).post('/api/v1/auth/register', person(name))).json<{ user: User }>().user
  const logIn = async (name: string, headers: Record<string, string> = {}) => {
    const { email } = person(name)
    const tokens = (await ask(app, null, headers).post('/api/v1/auth/login', { email, password })).json<Tokens>()
    return { ...tokens, id: tokens.user.id, token: tokens.accessToken }
  }
  return {
    ...it,
    app,
    config,
    person,
    register,
    logIn,
    /** Registers and logs in. The first one is the administrator. */
    join: async (name: string) => {
      await register(name)
      return logIn(name)
    },
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  }
}
