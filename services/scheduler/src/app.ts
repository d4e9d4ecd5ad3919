import { deriveKey, openVault, readAllowList, requireStrongSecret } from '@orrery/core'
import { anonymousCtx, createService, type Deps, Histogram } from '@orrery/service-kit'
import type { FastifyInstance } from 'fastify'
import { openBellQueues } from './clients/bell-queues.ts'
import { openPoolBell } from './clients/pool-bell.ts'
import { openWebhookBell } from './clients/webhook-bell.ts'
import { openPost } from './clients/webhook-target.ts'
import type { SchedulerConfig } from './config.ts'
import type { Outside } from './context.ts'
import { deadLetterRoutes } from './modules/dead-letters/dead-letter.routes.ts'
import { exchangeRoutes } from './modules/engine/exchange.routes.ts'
import { createEngine, type Engine } from './modules/engine/index.ts'
import { keepRoom } from './modules/history/history.jobs.ts'
import { tendHooks } from './modules/hooks/hook.jobs.ts'
import { hookRoutes } from './modules/hooks/hook.routes.ts'
import { hookCallRoutes } from './modules/hooks/hook-call.routes.ts'
import { bellRoutes, queueRoutes } from './modules/queues/queue.routes.ts'
import { runRoutes } from './modules/runs/run.routes.ts'
import { fireRoutes } from './modules/schedules/fire.routes.ts'
import { keepFiring } from './modules/schedules/schedule.jobs.ts'
import { scheduleRoutes } from './modules/schedules/schedule.routes.ts'
import { deliveryRoutes } from './modules/webhooks/delivery.routes.ts'
import { standardRetryMs } from './modules/webhooks/index.ts'
import { keepDelivering } from './modules/webhooks/webhook.jobs.ts'
import { webhookRoutes } from './modules/webhooks/webhook.routes.ts'
import { createPlans } from './modules/workflows/index.ts'
import { definitionRoutes, workflowLifeRoutes, workflowRoutes } from './modules/workflows/workflow.routes.ts'

export { SchedulerConfig } from './config.ts'
export type { Engine } from './modules/engine/index.ts'

export type Scheduler = { app: FastifyInstance; engine: Engine }
/** What tests hurry: how long to wait before each attempt at a delivery. */
export type SchedulerOptions = { retryMs?: readonly number[] }

/** Workflows, runs and schedules, and the engine that moves them; what goes out and comes in by webhooks. */
export async function buildScheduler(deps: Deps, config: SchedulerConfig, options: SchedulerOptions = {}): Promise<Scheduler> {
  const app = createService(deps, { title: 'Orrery scheduler', rateLimit: config.ORRERY_RATE_LIMIT, trustProxy: config.ORRERY_TRUST_PROXY })
  const plans = createPlans(deps.pool)
  const bell = openPoolBell(deps)
  const engine = await createEngine({
    pool: deps.pool,
    pipelined: deps.pipelined,
    log: deps.log,
    plans,
    published: () => deps.bells.ring('outbox'),
    ringPool: bell.ring,
    onWork: (heard) => deps.bells.on('work', heard),
    measured: measureEngine(deps),
  })
  const machinery = { engine, plans }
  const history = await keepRoom(deps, config)
  const bells = openBellQueues(deps)
  const firing = keepFiring(deps, machinery)
  const webhooks = startWebhooks(deps, openOutside(config), options)
  const hooks = tendHooks(deps)
  app.addHook('preClose', async () => {
    await webhooks.close()
    await hooks.close()
    await firing.close()
    await history.close()
    await engine.close()
    await bell.close()
    await bells.close()
  })
  await app.register(definitionRoutes, { prefix: '/api/v1' })
  await app.register(workflowRoutes, { prefix: '/api/v1' })
  await app.register(workflowLifeRoutes, { prefix: '/api/v1' })
  await app.register(runRoutes(machinery), { prefix: '/api/v1' })
  await app.register(scheduleRoutes(machinery), { prefix: '/api/v1' })
  await app.register(fireRoutes(machinery), { prefix: '/api/v1' })
  await app.register(queueRoutes(machinery, bells), { prefix: '/api/v1' })
  await app.register(bellRoutes(bells), { prefix: '/api/v1' })
  await app.register(deadLetterRoutes(machinery), { prefix: '/api/v1' })
  await app.register(webhookRoutes(webhooks.outside), { prefix: '/api/v1' })
  await app.register(deliveryRoutes(webhooks.outside), { prefix: '/api/v1' })
  const forHooks = { ...machinery, ...webhooks.outside, pipelined: deps.pipelined }
  await app.register(
    hookRoutes((request) => ({ ...request.ctx, ...forHooks })),
    { prefix: '/api/v1' },
  )
  const hookLimit = { max: config.ORRERY_HOOK_RATE_LIMIT, timeWindow: 60_000 }
  await app.register(
    hookCallRoutes((request) => ({ ...anonymousCtx(deps, request), ...forHooks }), hookLimit),
    { prefix: '/api/v1' },
  )
  await app.register(exchangeRoutes(engine, config.ORRERY_WORKER_KEY))
  return { app: app as unknown as FastifyInstance, engine }
}

export const buildApp = async (deps: Deps, config: SchedulerConfig): Promise<FastifyInstance> => (await buildScheduler(deps, config)).app

function openOutside(config: SchedulerConfig): Omit<Outside, 'ringSenders'> {
  requireStrongSecret(config.ORRERY_SECRET_KEY)
  return {
    vault: openVault(deriveKey(config.ORRERY_SECRET_KEY, 'webhook secrets')),
    allow: readAllowList(config.ORRERY_HTTP_ALLOW),
    origin: config.ORRERY_PUBLIC_URL?.replace(/\/+$/, '') ?? '',
  }
}

function startWebhooks(deps: Deps, outside: Omit<Outside, 'ringSenders'>, { retryMs = standardRetryMs }: SchedulerOptions) {
  const { vault, allow, origin } = outside
  const bell = openWebhookBell(deps)
  const post = openPost(allow)
  const delivering = keepDelivering(deps, { post, vault, retryMs, origin, ring: bell.ring, onRing: bell.on })
  return {
    outside: { ...outside, ringSenders: bell.ring },
    async close() {
      await delivering.close()
      await bell.close()
    },
  }
}

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
