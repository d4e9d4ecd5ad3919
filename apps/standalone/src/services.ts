import { join } from 'node:path'
import { AgentsConfig, buildApp as buildAgents } from '@orrery/agents'
import { AuthConfig, buildApp as buildAuth } from '@orrery/auth'
import { buildApp as buildMemory, MemoryConfig } from '@orrery/memory-mcp'
import { buildApp as buildProjects, ProjectsConfig } from '@orrery/projects'
import { buildApp as buildGateway, GatewayConfig, type Part as GatewayPart } from '@orrery/realtime-gateway'
import { buildScheduler, SchedulerConfig } from '@orrery/scheduler'
import { type Deps, loadConfig, type StatefulService } from '@orrery/service-kit'
import { type RunningWorker, startWorker } from '@orrery/worker'
import type { Static, TObject } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { codeStepsOf, httpAllowOf, type StandaloneConfig } from './config.ts'

export type Env = Record<string, string | undefined>
/** How a service gets what it lives on, and the log that all share. */
export type Openings = { open: (service: StatefulService) => Deps; log: Deps['log'] }

type Build = (deps: Deps, env: Env) => Promise<FastifyInstance>

const service =
  <S extends TObject>(schema: S, build: (deps: Deps, config: Static<S>) => Promise<FastifyInstance>): Build =>
  (deps, env) =>
    build(deps, loadConfig(schema, env))

/** The services that are an HTTP interface and nothing else to this process. */
const plain = {
  auth: service(AuthConfig, buildAuth),
  projects: service(ProjectsConfig, buildProjects),
  agents: service(AgentsConfig, buildAgents),
  'memory-mcp': service(MemoryConfig, buildMemory),
} satisfies Partial<Record<StatefulService, Build>>

export interface Running {
  services: ReadonlyMap<StatefulService, FastifyInstance>
  worker: RunningWorker
}

/** A service of this process as the gateway looks at it, for health and the joined API description. */
const local = (name: string, app: FastifyInstance): GatewayPart => ({
  name,
  state: async () => ((await app.inject('/readiness')).statusCode === 200 ? 'healthy' : 'unhealthy'),
  openApi: async () => {
    const answer = await app.inject('/internal/openapi.json')
    return answer.statusCode === 200 ? answer.json<object>() : null
  },
})

/** Builds every service in this process, and a worker that takes its steps straight from the scheduler's engine. */
export async function startParts({ open, log }: Openings, env: Env, config: StandaloneConfig): Promise<Running> {
  const deps = open('scheduler')
  const { app: scheduler, engine, storeArtifact } = await buildScheduler(deps, loadConfig(SchedulerConfig, env))
  const services = new Map<StatefulService, FastifyInstance>([['scheduler', scheduler]])
  for (const [name, build] of Object.entries(plain) as [StatefulService, Build][]) services.set(name, await build(open(name), env))
  await Promise.all([...services.values()].map((app) => app.ready()))
  const worker = startWorker({
    exchange: (call) => engine.exchange(call),
    storeArtifact,
    redisUrl: env['REDIS_URL'] ?? '',
    namespace: deps.namespace,
    log: log.child({ service: 'worker' }),
    room: { default: config.ORRERY_WORKER_ROOM, code: config.ORRERY_CODE_ROOM },
    codeSteps: codeStepsOf(config),
    httpAllow: httpAllowOf(config),
    workDir: join(config.ORRERY_DATA_DIR, 'work'),
    artifactMaxBytes: config.ORRERY_ARTIFACT_MAX_BYTES,
  })
  const parts: GatewayPart[] = [...services].map(([name, app]) => local(name, app))
  // It lives and dies with this process.
  parts.push({ name: 'worker', state: async () => 'healthy', openApi: async () => null })
  const gateway = await buildGateway(open('realtime-gateway'), loadConfig(GatewayConfig, env), parts)
  await gateway.ready()
  services.set('realtime-gateway', gateway)
  return { services, worker }
}
