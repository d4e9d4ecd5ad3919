import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp as buildGateway } from '@orrery/realtime-gateway'
import { buildScheduler } from '@orrery/scheduler'
import { createLog, Registry } from '@orrery/service-kit'
import type { Id } from '@orrery/shared-types'
import { ask, openInstallation, setting } from '@orrery/testing'
import { type CodeSteps, startWorker } from '@orrery/worker'
import type { FastifyInstance } from 'fastify'

export const workerKey = 'a-key-for-tests-that-is-long-enough-0123'
export const secretKey = 'q8Zr4vT1xW7nB3kL9mD2sF6hJ0pG5cYe'

/** Holds the artifacts of the tests of this process. */
export const objectsFolder = join(tmpdir(), `orrery-tests-${process.pid}`)

/** Settings that the services read from the environment, for those built in this process. */
export const settings = () => ({
  DATABASE_URL: 'postgres://unused',
  REDIS_URL: setting('ORRERY_TEST_REDIS_URL'),
  ORRERY_HOST: '127.0.0.1',
  PORT: 0,
  ADMIN_PORT: 0,
  LOG_LEVEL: 'silent',
  ORRERY_DB_POOL: 8,
  ORRERY_RATE_LIMIT: 1_000_000,
  ORRERY_TRUST_PROXY: '',
  ORRERY_WORKER_KEY: workerKey,
  ORRERY_SECRET_KEY: secretKey,
  ORRERY_HTTP_ALLOW: '',
  ORRERY_HOOK_RATE_LIMIT: 1_000_000,
  ORRERY_LEASE_MS: 30_000,
  ORRERY_CODE_STEPS: 'off' as const,
  ORRERY_PARTS: '',
  ORRERY_WS_PER_IP: 10_000,
  ORRERY_KEEP_RUNS_DAYS: 180,
  ORRERY_KEEP_LOGS_DAYS: 30,
  ORRERY_KEEP_EVENTS_DAYS: 90,
  ORRERY_DATA_DIR: objectsFolder,
  S3_BUCKET: 'orrery',
  S3_REGION: 'us-east-1',
  S3_PATH_STYLE: true,
  ORRERY_ARTIFACT_MAX_BYTES: 1_000_000,
  ORRERY_RUN_ARTIFACTS_MAX_BYTES: 10_000_000,
  ORRERY_RUN_ARTIFACTS_MAX: 100,
  ORRERY_KEEP_ARTIFACTS_DAYS: 30,
})

/** Scheduler, gateway and a worker in this process, on a database of their own. */
export async function startInProcess({ codeSteps = 'off', httpAllow = '' }: { codeSteps?: CodeSteps; httpAllow?: string } = {}) {
  const it = await openInstallation()
  const deps = it.deps('scheduler')
  const { app: scheduler, engine, storeArtifact } = await buildScheduler(deps, settings())
  await scheduler.ready()
  it.use(scheduler)
  const gateway = it.use(await buildGateway(it.deps('realtime-gateway'), settings(), []))
  const url = await gateway.listen({ host: '127.0.0.1', port: 0 })
  it.use(
    startWorker({
      exchange: engine.exchange,
      storeArtifact,
      redisUrl: setting('ORRERY_TEST_REDIS_URL'),
      namespace: deps.namespace,
      log: createLog('worker', 'silent'),
      registry: new Registry(),
      room: { default: 100, code: 2 },
      codeSteps,
      httpAllow,
      workDir: tmpdir(),
      artifactMaxBytes: 1_000_000,
    }),
  )
  const owner = await it.make.user()
  const projectId = await it.make.project(owner)
  return {
    it,
    scheduler,
    gateway,
    engine,
    socketUrl: `${url.replace('http', 'ws')}/ws`,
    owner,
    projectId,
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  }
}

/** Makes and publishes a workflow as its owner would. */
export async function publishWorkflow(
  app: FastifyInstance,
  as: { token: string },
  projectId: Id<'project'>,
  definition: unknown,
  slug = 'work',
): Promise<{ id: Id<'workflow'> }> {
  const made = await ask(app, as).post('/api/v1/workflows', { projectId, slug, name: slug, definition })
  if (made.statusCode !== 201) throw new Error(made.body)
  const published = await ask(app, as).post(`/api/v1/workflows/${made.json().id}/publish`, {})
  if (published.statusCode !== 200) throw new Error(published.body)
  return published.json()
}
