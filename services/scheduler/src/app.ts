import { anonymousCtx, createService, type Deps } from '@orrery/service-kit'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { SchedulerConfig } from './config.ts'
import { type SchedulerOptions, startMachinery } from './machinery.ts'
import { approvalRoutes } from './modules/approvals/approval.routes.ts'
import { artifactRoutes } from './modules/artifacts/artifact.routes.ts'
import { type StoreArtifact, uploadRoutes } from './modules/artifacts/upload.routes.ts'
import { deadLetterRoutes } from './modules/dead-letters/dead-letter.routes.ts'
import { exchangeRoutes } from './modules/engine/exchange.routes.ts'
import type { Engine } from './modules/engine/index.ts'
import { hookRoutes } from './modules/hooks/hook.routes.ts'
import { hookCallRoutes } from './modules/hooks/hook-call.routes.ts'
import { bellRoutes, queueRoutes } from './modules/queues/queue.routes.ts'
import { logRoutes } from './modules/runs/log.routes.ts'
import { runRoutes } from './modules/runs/run.routes.ts'
import { fireRoutes } from './modules/schedules/fire.routes.ts'
import { scheduleRoutes } from './modules/schedules/schedule.routes.ts'
import { deliveryRoutes } from './modules/webhooks/delivery.routes.ts'
import { webhookRoutes } from './modules/webhooks/webhook.routes.ts'
import { definitionRoutes, workflowLifeRoutes, workflowRoutes } from './modules/workflows/workflow.routes.ts'

export { SchedulerConfig } from './config.ts'
export type { SchedulerOptions } from './machinery.ts'
export type { Engine } from './modules/engine/index.ts'

export type Scheduler = { app: FastifyInstance; engine: Engine; storeArtifact: StoreArtifact }

/** Workflows, runs and schedules, and the engine that moves them; artifacts; what goes out and comes in by webhooks. */
export async function buildScheduler(deps: Deps, config: SchedulerConfig, options: SchedulerOptions = {}): Promise<Scheduler> {
  const app = createService(deps, {
    title: 'Orrery scheduler',
    rateLimit: config.ORRERY_RATE_LIMIT,
    trustProxy: config.ORRERY_TRUST_PROXY,
  }) as unknown as FastifyInstance
  const { machinery, bells, outside, artifacts, store, close } = await startMachinery(deps, config, options)
  app.addHook('preClose', close)
  const forHooks = { ...machinery, ...outside, pipelined: deps.pipelined }
  const hookLimit = { max: config.ORRERY_HOOK_RATE_LIMIT, timeWindow: 60_000 }
  // a heartbeat that is turned away costs its worker all that it is doing
  const workerLimit = { max: config.ORRERY_RATE_LIMIT * 10, timeWindow: 60_000 }
  const api: FastifyPluginAsync[] = [
    definitionRoutes,
    workflowRoutes,
    workflowLifeRoutes,
    runRoutes(machinery),
    logRoutes(machinery),
    scheduleRoutes(machinery),
    fireRoutes(machinery),
    queueRoutes(machinery, bells, workerLimit),
    bellRoutes(bells),
    deadLetterRoutes(machinery),
    approvalRoutes(machinery),
    webhookRoutes(outside),
    deliveryRoutes(outside),
    hookRoutes((request: FastifyRequest) => ({ ...request.ctx, ...forHooks })),
    hookCallRoutes((request: FastifyRequest) => ({ ...anonymousCtx(deps, request), ...forHooks }), hookLimit),
    artifactRoutes(artifacts),
  ]
  for (const routes of api) await app.register(routes, { prefix: '/api/v1' })
  await app.register(exchangeRoutes(machinery.engine, config.ORRERY_WORKER_KEY))
  await app.register(uploadRoutes(store, config.ORRERY_WORKER_KEY))
  return { app, engine: machinery.engine, storeArtifact: store }
}

export const buildApp = async (deps: Deps, config: SchedulerConfig): Promise<FastifyInstance> => (await buildScheduler(deps, config)).app
