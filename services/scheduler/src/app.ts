import { createService, type Deps, Histogram } from '@orrery/service-kit'
import type { FastifyInstance } from 'fastify'
import { openPoolBell } from './clients/pool-bell.ts'
import type { SchedulerConfig } from './config.ts'
import { exchangeRoutes } from './modules/engine/exchange.routes.ts'
import { createEngine, type Engine } from './modules/engine/index.ts'
import { runRoutes } from './modules/runs/run.routes.ts'
import { fireRoutes } from './modules/schedules/fire.routes.ts'
import { keepFiring } from './modules/schedules/schedule.jobs.ts'
import { scheduleRoutes } from './modules/schedules/schedule.routes.ts'
import { createPlans } from './modules/workflows/index.ts'
import { definitionRoutes, workflowRoutes } from './modules/workflows/workflow.routes.ts'

export { SchedulerConfig } from './config.ts'
export type { Engine } from './modules/engine/index.ts'

export type Scheduler = { app: FastifyInstance; engine: Engine }

/** Workflows, runs and schedules, and the engine that moves them. */
export async function buildScheduler(deps: Deps, config: SchedulerConfig): Promise<Scheduler> {
  const app = createService(deps, { title: 'Orrery scheduler', rateLimit: config.ORRERY_RATE_LIMIT, trustProxy: config.ORRERY_TRUST_PROXY })
  const plans = createPlans(deps.pool)
  const bell = openPoolBell(deps)
  const engine = await createEngine({
    pool: deps.pool,
    pipelined: deps.pipelined,
    log: deps.log,
    leaseMs: config.ORRERY_LEASE_MS,
    plans,
    published: () => deps.bells.ring('outbox'),
    ringPool: bell.ring,
    onWork: (heard) => deps.bells.on('work', heard),
    measured: measureEngine(deps),
  })
  const machinery = { engine, plans }
  const firing = keepFiring(deps, machinery)
  app.addHook('preClose', async () => {
    await firing.close()
    await engine.close()
    await bell.close()
  })
  await app.register(definitionRoutes, { prefix: '/api/v1' })
  await app.register(workflowRoutes, { prefix: '/api/v1' })
  await app.register(runRoutes(machinery), { prefix: '/api/v1' })
  await app.register(scheduleRoutes(machinery), { prefix: '/api/v1' })
  await app.register(fireRoutes(machinery), { prefix: '/api/v1' })
  await app.register(exchangeRoutes(engine, config.ORRERY_WORKER_KEY))
  return { app: app as unknown as FastifyInstance, engine }
}

export const buildApp = async (deps: Deps, config: SchedulerConfig): Promise<FastifyInstance> => (await buildScheduler(deps, config)).app

/** One observation for each transaction of the engine; their count says how well steps are grouped. */
function measureEngine({ registry }: Deps): (events: number) => void {
  const buckets = [0, 1, 5, 20, 100, 500, 2000, 10_000]
  const events = new Histogram({
    name: 'orrery_engine_group_events',
    help: 'Events written by one transaction',
    buckets,
    registers: [registry],
  })
  return (count) => events.observe(count)
}
