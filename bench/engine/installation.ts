import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newId, newUuid, uuidOf } from '@orrery/core'
import { buildScheduler, SchedulerConfig } from '@orrery/scheduler'
import { startServers } from '@orrery/servers'
import {
  createLog,
  databaseUrl,
  loadConfig,
  migrate,
  openDeps,
  ownCtx,
  Registry,
  roleOf,
  type StatefulService,
  statefulServices,
} from '@orrery/service-kit'
import { startWorker } from '@orrery/worker'
import pg from 'pg'

const each = <T>(value: (service: StatefulService) => T) =>
  Object.fromEntries(statefulServices.map((service) => [service, value(service)])) as Record<StatefulService, T>

/** Migrates, and gives a way to open what a service lives on, as that service's own role. */
async function prepareDatabase(servers: { databaseUrl: string; redisUrl: string }) {
  const passwords = each(() => randomBytes(12).toString('hex'))
  const folders = each((service) => fileURLToPath(new URL(`../../services/${service}/migrations`, import.meta.url)))
  await migrate({ databaseUrl: servers.databaseUrl, rolePrefix: 'orrery', passwords, folders })
  const urlOf = (service: StatefulService) =>
    databaseUrl(servers.databaseUrl, { user: roleOf('orrery', service), password: passwords[service] })
  return {
    urlOf,
    open: (service: StatefulService) =>
      openDeps({
        service,
        databaseUrl: urlOf(service),
        redisUrl: servers.redisUrl,
        logLevel: 'error',
        poolSize: 10,
        log: createLog('bench', 'error'),
      }),
  }
}

/** The relay as a process of its own, as it is where gateways are. */
async function forkRelay(settings: { databaseUrl: string; redisUrl: string }) {
  const child = fork(fileURLToPath(new URL('relay.ts', import.meta.url)), {
    env: { PATH: process.env['PATH'], DATABASE_URL: settings.databaseUrl, REDIS_URL: settings.redisUrl },
  })
  await once(child, 'message')
  return {
    async close() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

function openAdmin(connectionString: string): pg.Pool {
  const admin = new pg.Pool({ connectionString, max: 4 })
  admin.on('error', () => {})
  return admin
}

/** Makes a published workflow, of a project of its own unless one is given. */
const publisher =
  (admin: pg.Pool) =>
  async (slug: string, definition: unknown, projectId = newUuid()): Promise<{ projectId: string; workflowId: string }> => {
    const workflowId = uuidOf('workflow', newId('workflow'))
    await admin.query(
      'insert into scheduler.workflows (id, project_id, slug, name, status, published_version) values ($1, $2, $3, $3, $4, 1)',
      [workflowId, projectId, slug, 'published'],
    )
    await admin.query(
      'insert into scheduler.workflow_versions (workflow_id, version, definition, valid, published_at, created_by) values ($1, 1, $2, true, now(), $3)',
      [workflowId, JSON.stringify(definition), 'bench'],
    )
    return { projectId, workflowId }
  }

async function bringUpServers() {
  const dataDir = await mkdtemp(join(tmpdir(), 'orrery-bench-'))
  return { dataDir, servers: await startServers({ dataDir, log: () => {} }) }
}

/** Real servers with durable settings, a migrated database, scheduler and worker in this process and the relay in another. Steps may call `httpAllow`. */
export async function openInstallation(httpAllow = '') {
  const { dataDir, servers } = await bringUpServers()
  const { open, urlOf } = await prepareDatabase(servers)
  const deps = open('scheduler')
  const relay = await forkRelay({ databaseUrl: urlOf('realtime-gateway'), redisUrl: servers.redisUrl })
  const { app, engine, storeArtifact } = await buildScheduler(deps, baseConfig(servers, dataDir))
  await app.ready()
  /** When the first step of a run reached the worker, by the clock of this process. */
  const began = new Map<string, number>()
  const worker = startWorker({
    exchange: async (call) => {
      const answer = await engine.exchange(call)
      const now = performance.now()
      for (const step of answer.steps) began.set(step.runId, began.get(step.runId) ?? now)
      return answer
    },
    redisUrl: servers.redisUrl,
    namespace: deps.namespace,
    log: deps.log,
    registry: new Registry(),
    room: { default: 256, code: 2 },
    codeSteps: 'off',
    httpAllow,
    workDir: join(dataDir, 'work'),
    storeArtifact,
    artifactMaxBytes: 1_000_000,
  })
  const admin = openAdmin(servers.databaseUrl)
  return {
    servers,
    dataDir,
    deps,
    began,
    engine,
    admin,
    ctx: ownCtx(deps, 'bench'),
    projectIds: [] as string[],
    historyWorkflow: '',
    /** Projects and a workflow for finished runs that were never run. */
    async prepareHistory(projects: number) {
      const { workflowId } = await this.publish('history', { steps: { a: { uses: 'noop' } } })
      this.historyWorkflow = workflowId
      this.projectIds = Array.from({ length: projects }, newUuid)
    },
    publish: publisher(admin),
    async close() {
      await worker.close()
      await app.close()
      await relay.close()
      await deps.close()
      await admin.end()
      await servers.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
export type Installation = Awaited<ReturnType<typeof openInstallation>>

const secrets = { ORRERY_WORKER_KEY: randomBytes(24).toString('hex'), ORRERY_SECRET_KEY: randomBytes(48).toString('base64') }
const baseConfig = (servers: { databaseUrl: string; redisUrl: string }, dataDir: string) =>
  loadConfig(SchedulerConfig, {
    DATABASE_URL: servers.databaseUrl,
    REDIS_URL: servers.redisUrl,
    PORT: '0',
    ADMIN_PORT: '0',
    LOG_LEVEL: 'warn',
    ORRERY_RATE_LIMIT: '1000000',
    ...secrets,
    ORRERY_KEEP_RUNS_DAYS: '36500',
    ORRERY_KEEP_LOGS_DAYS: '36500',
    ORRERY_DATA_DIR: dataDir,
  })
