import { newId } from '@orrery/core'
import type { AttemptResult, Id, LeasedStep, Run } from '@orrery/shared-types'
import { ask, eventually, openInstallation, setting, type TestUser } from '@orrery/testing'
import { buildScheduler, type Engine } from '../src/app.ts'

export const workerKey = 'a-key-for-tests-that-is-long-enough-0123'

export const config = {
  DATABASE_URL: 'postgres://unused',
  REDIS_URL: 'redis://unused',
  ORRERY_HOST: '127.0.0.1',
  PORT: 0,
  ADMIN_PORT: 0,
  LOG_LEVEL: 'silent',
  ORRERY_DB_POOL: 8,
  ORRERY_RATE_LIMIT: 1_000_000,
  ORRERY_TRUST_PROXY: '',
  ORRERY_WORKER_KEY: workerKey,
  ORRERY_LEASE_MS: 30_000,
}

type Handler = (step: LeasedStep) => Partial<AttemptResult> | Promise<Partial<AttemptResult>>

/** The real scheduler on a private database, with a person who owns a project. */
export async function startScheduler() {
  const it = await openInstallation()
  const open = async (databaseUrl?: string) => {
    const deps = it.deps('scheduler', databaseUrl === undefined ? {} : { databaseUrl })
    const built = await buildScheduler(deps, { ...config, REDIS_URL: setting('ORRERY_TEST_REDIS_URL') })
    await built.app.ready()
    it.use(built.app)
    return built
  }
  const { app, engine } = await open()
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
