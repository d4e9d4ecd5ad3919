import { armCrash } from '@orrery/core'
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { startAdmin } from './admin.ts'
import { databaseUrl } from './config.ts'
import { type Deps, openDeps } from './deps.ts'
import { measureProcess } from './metrics.ts'
import type { ServiceName } from './services.ts'

export type ServiceConfig = {
  DATABASE_URL: string
  DATABASE_PASSWORD?: string
  REDIS_URL: string
  ORRERY_HOST: string
  PORT: number
  ADMIN_PORT: number
  LOG_LEVEL: string
  ORRERY_DB_POOL: number
  ORRERY_CRASH_AT?: string
  NODE_ENV?: string
}

/** Runs one service as a process: opens what it needs, listens, and on a signal stops in the order that loses nothing. */
export async function runService(
  service: ServiceName,
  config: ServiceConfig,
  build: (deps: Deps) => Promise<FastifyInstance>,
): Promise<void> {
  armCrash(config.ORRERY_CRASH_AT, config.NODE_ENV)
  const deps = openDeps({
    service,
    databaseUrl: databaseUrl(config.DATABASE_URL, { password: config.DATABASE_PASSWORD }),
    redisUrl: config.REDIS_URL,
    logLevel: config.LOG_LEVEL,
    poolSize: config.ORRERY_DB_POOL,
  })
  measureProcess(deps.registry)
  const app = await build(deps)
  const ready = async () =>
    !deps.stopping() &&
    deps.pool.query('select 1').then(
      () => true,
      () => false,
    )
  const admin = await startAdmin({ host: config.ORRERY_HOST, port: config.ADMIN_PORT, registries: [deps.registry], ready })
  await app.listen({ host: config.ORRERY_HOST, port: config.PORT })
  deps.log.info({ port: config.PORT }, 'listening')
  closeWithGrace(
    { delay: 20_000, logger: { error: (error: unknown) => deps.log.error({ err: error }, 'stopping after a failure') } },
    async () => {
      deps.stop()
      await app.close()
      admin.close()
      await deps.close()
    },
  )
}
