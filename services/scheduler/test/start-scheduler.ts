import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@orrery/core'
import { loadConfig } from '@orrery/service-kit'
import type { AttemptRef, AttemptResult, Id, LeasedStep, Run } from '@orrery/shared-types'
import { ask, eventually, openInstallation, setting, type TestUser } from '@orrery/testing'
import { buildScheduler, type Engine, SchedulerConfig, type SchedulerOptions } from '../src/app.ts'

export const workerKey = 'a-key-for-tests-that-is-long-enough-0123'

const env = {
  DATABASE_URL: 'postgres://unused',
  REDIS_URL: 'redis://unused',
  PORT: '0',
  ADMIN_PORT: '0',
  LOG_LEVEL: 'silent',
  ORRERY_RATE_LIMIT: '1000000',
  ORRERY_WORKER_KEY: workerKey,
  ORRERY_SECRET_KEY: 'q8Zr4vT1xW7nB3kL9mD2sF6hJ0pG5cYe',
  ORRERY_HOOK_RATE_LIMIT: '1000000',
}

type Handler = (step: LeasedStep) => Partial<AttemptResult> | Promise<Partial<AttemptResult>>

/** The real scheduler on a private database, with a person who owns a project. */
export async function startScheduler(settings: Record<string, string> = {}, options: SchedulerOptions = {}) {
  const it = await openInstallation()
  const dataDir = await mkdtemp(join(tmpdir(), 'orrery-scheduler-'))
  it.use({ close: () => rm(dataDir, { recursive: true, force: true }) })
  const config = loadConfig(SchedulerConfig, { ...env, ORRERY_DATA_DIR: dataDir, ...settings })
  const open = async (databaseUrl?: string) => {
    const deps = it.deps('scheduler', databaseUrl === undefined ? {} : { databaseUrl })
    const built = await buildScheduler(deps, { ...config, REDIS_URL: setting('ORRERY_TEST_REDIS_URL') }, options)
    await built.app.ready()
    it.use(built.app)
    return built
  }
  const { app, engine, storeArtifact } = await open()
  const owner = await it.make.user()
  const projectId = await it.make.project(owner)

  /** A published workflow. */
  const publish = async (definition: unknown, slug = `w-${Math.random().toString(36).slice(2)}`, as: TestUser = owner) => {
    const made = await ask(app, as).post('/api/v1/workflows', { projectId, slug, name: slug, definition })
    if (made.statusCode !== 201) throw new Error(made.body)
    const published = await ask(app, as).post(`/api/v1/workflows/${made.json().id}/publish`, {})
    if (published.statusCode !== 200) throw new Error(published.body)
    return published.json() as { id: Id<'workflow'>; slug: string }
  }
  const start = async (workflow: { id: string }, input: object = {}): Promise<Run> => {
    const made = await ask(app, owner).post('/api/v1/runs', { workflowId: workflow.id, input })
    if (made.statusCode !== 201) throw new Error(made.body)
    return made.json() as Run
  }
  const read = async (id: string): Promise<Run> => (await ask(app, owner).get(`/api/v1/runs/${id}`)).json() as Run
  const ended = (id: string): Promise<Run> =>
    eventually(`the end of ${id}`, async () => {
      const run = await read(id)
      return run.endedAt !== null && run
    })
  return {
    it,
    app,
    engine,
    storeArtifact,
    dataDir,
    open,
    owner,
    projectId,
    publish,
    start,
    read,
    ended,
    run: async (definition: unknown, input: object = {}) => ended((await start(await publish(definition), input)).id),
    work: (handler: Handler, of: Engine = engine) => it.use(work(of, handler)),
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  }
}
export type TestScheduler = Awaited<ReturnType<typeof startScheduler>>

/** A worker in the test: it does whatever the handler says, and gives `with.output` back when that says nothing. */
export function work(engine: Engine, handler: Handler) {
  const worker = newId('worker')
  let open = true
  const ran: LeasedStep[] = []
  const loop = async () => {
    let results: AttemptResult[] = []
    while (open) {
      const { steps } = await engine.exchange({
        worker,
        results,
        heartbeats: [],
        logs: [],
        room: { default: 50, code: 10 },
        waitMs: results.length > 0 ? 0 : 200,
      })
      ran.push(...steps)
      results = await Promise.all(
        steps.map(async (step) => ({
          stepId: step.stepId,
          attempt: step.attempt,
          output: (step.input as { output?: unknown }).output ?? null,
          ...(await handler(step)),
        })),
      )
    }
  }
  const running = loop()
  return {
    ran,
    worker,
    async close() {
      open = false
      await running.catch(() => undefined)
    },
  }
}

export const failure = (code: string, retryable = false): Partial<AttemptResult> => ({
  error: { code, message: `failed with ${code}`, retryable },
})

/** A worker of a project's own, which speaks to the public API: one call at a time. */
export function ownWorker(s: TestScheduler, as: TestUser = s.owner) {
  const worker = newId('worker')
  const call = async (body: object) => {
    const answer = await ask(s.app, as).post('/api/v1/exchange', {
      projectId: s.projectId,
      worker,
      results: [],
      heartbeats: [],
      logs: [],
      room: {},
      ...body,
    })
    if (answer.statusCode !== 200) throw new Error(answer.body)
    return answer.json() as { steps: LeasedStep[]; cancels: AttemptRef[] }
  }
  return {
    call,
    take: async (queue: string, n = 1) => (await call({ room: { [queue]: n }, waitMs: 2000 })).steps,
    done: ({ stepId, attempt }: LeasedStep, output: unknown) => call({ results: [{ stepId, attempt, output }] }),
  }
}
