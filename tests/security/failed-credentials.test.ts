import { buildApp, ProjectsConfig } from '@orrery/projects'
import { loadConfig } from '@orrery/service-kit'
import { ask, openInstallation } from '@orrery/testing'

const allowed = 5

/** Two replicas of a service that let 5 bad credentials a minute through from one address. */
async function openReplicas() {
  const it = await openInstallation()
  const build = () => {
    const settings = { DATABASE_URL: it.databaseUrl('projects'), REDIS_URL: 'redis://127.0.0.1', ORRERY_RATE_LIMIT: String(allowed * 10) }
    return it.app((deps) => buildApp(deps, loadConfig(ProjectsConfig, settings)), 'projects')
  }
  return { it, apps: [await build(), await build()] as const, [Symbol.asyncDispose]: () => it[Symbol.asyncDispose]() }
}

describe('a flood of bad credentials from one address', () => {
  it('429 with Retry-After, on every replica, and good credentials that are known still pass', async () => {
    await using replicas = await openReplicas()
    const { it, apps } = replicas
    const good = await it.make.user()
    expect((await ask(apps[0], good).get('/api/v1/projects')).statusCode).toBe(200)
    const statuses: number[] = []
    for (let i = 0; i < allowed + 2; i++) statuses.push((await ask(apps[0], { token: `ork_guess${i}` }).get('/api/v1/projects')).statusCode)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])

    const refused = await ask(apps[0], null).get('/api/v1/projects')
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'credentials_limited'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50)
    expect((await ask(apps[0], good).get('/api/v1/projects')).statusCode).toBe(200)

    expect((await ask(apps[1], { token: 'x' }).get('/api/v1/projects')).statusCode).toBe(401)
    expect((await ask(apps[1], { token: 'y' }).get('/api/v1/projects')).statusCode).toBe(429)
  })

  it('leaves nothing in Redis for good credentials', async () => {
    await using replicas = await openReplicas()
    const { it, apps } = replicas
    const good = await it.make.user()
    await ask(apps[0], good).get('/api/v1/projects')
    expect(await it.deps('projects').redis.exists(`${it.deps('projects').namespace}:failed:127.0.0.1`)).toBe(0)
  })

  it('limits by itself while Redis is away', async () => {
    await using it = await openInstallation()
    const settings = { DATABASE_URL: it.databaseUrl('projects'), REDIS_URL: 'redis://127.0.0.1', ORRERY_RATE_LIMIT: String(allowed * 10) }
    const app = await it.app((deps) => {
      deps.redis.disconnect()
      return buildApp(deps, loadConfig(ProjectsConfig, settings))
    }, 'projects')
    const statuses: number[] = []
    for (let i = 0; i < allowed + 1; i++) statuses.push((await ask(app, { token: `bad${i}` }).get('/api/v1/projects')).statusCode)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  })
})
