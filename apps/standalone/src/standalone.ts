import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keptSecret, type Servers, startServers } from '@orrery/servers'
import {
  type Deps,
  databaseUrl,
  measureProcess,
  migrate,
  openDeps,
  roleOf,
  type StatefulService,
  startAdmin,
  statefulServices,
} from '@orrery/service-kit'
import { checkout, codeStepsOf, httpAllowOf, originOf, type StandaloneConfig } from './config.ts'
import { createEdge } from './edge.ts'
import { checkPort, listen } from './listen.ts'
import { openLog } from './log.ts'
import { type Env, startParts } from './services.ts'
import { createWeb } from './web.ts'

export { StandaloneConfig } from './config.ts'

export interface StandaloneOptions {
  config: StandaloneConfig
  /** The whole environment: services read their own settings from it. */
  env: Env
  /** Takes each line for whoever watches the start. */
  say: (line: string) => void
  /** The built web app; that of the checkout unless given. */
  webFolder?: string
}

export interface Standalone {
  /** Where people reach it. */
  origin: string
  /** Settles when it answers; rejects with one line for the user when it can't. */
  ready: Promise<void>
  /** Stops what was started, in the order that loses nothing; may be called at any moment, and twice. */
  close(): Promise<void>
}

type Passwords = Record<StatefulService, string>
/** What a stage of the start adds to, and the stop takes from, the last thing first. */
type Undo = (() => unknown)[]

const rolePrefix = 'orrery'

/** Everything of Orrery in this process, on one port. */
export function startStandalone(options: StandaloneOptions): Standalone {
  const undo: Undo = []
  const ready = start(options, undo)
  let closing: Promise<void> | undefined
  const close = async () => {
    // What is still starting may yet add to what has to be undone.
    await ready.catch(() => undefined)
    for (const step of undo.reverse()) await step()
  }
  return { origin: originOf(options.config), ready, close: () => (closing ??= close()) }
}

async function start({ config, env, say, webFolder }: StandaloneOptions, undo: Undo): Promise<void> {
  const host = config.ORRERY_HOST
  const edgePlace = { variable: 'ORRERY_PORT', host, port: config.ORRERY_PORT }
  const adminPlace = { variable: 'ORRERY_ADMIN_PORT', host, port: config.ORRERY_ADMIN_PORT }
  await checkPort(edgePlace)
  await checkPort(adminPlace)
  const web = createWeb(webFolder ?? join(checkout, 'apps/web/dist'))
  const servers = await bringUpServers(config, say, undo)
  const passwords = await migrateDatabase(servers.databaseUrl, config.ORRERY_DATA_DIR)
  const { opened, ...opening } = openings(config, servers, passwords, undo)

  const { services, worker } = await startParts(opening, await settings(env, config, servers), config)
  await web.ready()
  const edge = createEdge({ services, web })
  undo.push(async () => {
    await Promise.all([...services.values(), web].map((app) => app.close()))
    edge.closeAllConnections()
  })
  undo.push(() => worker.close())
  undo.push(() => {
    for (const deps of opened) deps.stop()
    edge.close()
    edge.closeIdleConnections()
  })
  const registries = [...opened.map((deps) => deps.registry), worker.registry]
  if (opened[0]) measureProcess(opened[0].registry)
  const ready = async () => opened.every((deps) => !deps.stopping())
  const admin = await startAdmin({ host, port: config.ORRERY_ADMIN_PORT, registries, ready })
  undo.push(() => admin.close())
  await listen(edge, edgePlace)
  say(`code steps are ${codeStepsOf(config)} (ORRERY_CODE_STEPS); the log is in ${join(config.ORRERY_DATA_DIR, 'logs')}`)
}

async function bringUpServers(config: StandaloneConfig, say: (line: string) => void, undo: Undo): Promise<Servers> {
  say('starting PostgreSQL, Redis and ChromaDB')
  const given = config.DATABASE_URL && databaseUrl(config.DATABASE_URL, { password: config.DATABASE_PASSWORD })
  const servers = await startServers({
    dataDir: config.ORRERY_DATA_DIR,
    databaseUrl: given,
    redisUrl: config.REDIS_URL,
    chromaUrl: config.CHROMA_URL,
    log: say,
  })
  undo.push(() => servers.stop())
  return servers
}

/** Brings the database to this version, and gives each service's role a password that only this data folder knows. */
async function migrateDatabase(url: string, dataDir: string): Promise<Passwords> {
  const each = async <T>(value: (service: StatefulService) => Promise<T>) =>
    Object.fromEntries(await Promise.all(statefulServices.map(async (service) => [service, await value(service)]))) as Record<
      StatefulService,
      T
    >
  const passwords = await each((service) => keptSecret(dataDir, `database-${service}`))
  const folders = await each(async (service) => fileURLToPath(new URL(`../../../services/${service}/migrations`, import.meta.url)))
  await migrate({ databaseUrl: url, rolePrefix, passwords, folders })
  return passwords
}

/** Opens for each service what it lives on: the database as its own role, one log for all. */
function openings(config: StandaloneConfig, servers: Servers, passwords: Passwords, undo: Undo) {
  const log = openLog(config.ORRERY_DATA_DIR, config.LOG_LEVEL)
  const opened: Deps[] = []
  undo.push(() => Promise.all(opened.map((deps) => deps.close())))
  const open = (service: StatefulService): Deps => {
    const deps = openDeps({
      service,
      databaseUrl: databaseUrl(servers.databaseUrl, { user: roleOf(rolePrefix, service), password: passwords[service] }),
      redisUrl: servers.redisUrl,
      logLevel: config.LOG_LEVEL,
      poolSize: config.ORRERY_DB_POOL,
      log,
    })
    deps.registry.setDefaultLabels({ service })
    opened.push(deps)
    return deps
  }
  return { open, log, opened }
}

/** The environment as the services see it: with what this process decides, and secrets of its own where none are given. */
async function settings(env: Env, config: StandaloneConfig, servers: Servers): Promise<Env> {
  return {
    ORRERY_SECRET_KEY: await keptSecret(config.ORRERY_DATA_DIR, 'secret-key'),
    ORRERY_WORKER_KEY: await keptSecret(config.ORRERY_DATA_DIR, 'worker-key'),
    ORRERY_CODE_STEPS: codeStepsOf(config),
    ORRERY_HTTP_ALLOW: httpAllowOf(config),
    ...env,
    DATABASE_URL: servers.databaseUrl,
    REDIS_URL: servers.redisUrl,
    CHROMA_URL: servers.chromaUrl,
    ORRERY_HOST: config.ORRERY_HOST,
    ORRERY_DATA_DIR: config.ORRERY_DATA_DIR,
    PORT: '0',
    ADMIN_PORT: '0',
  }
}
