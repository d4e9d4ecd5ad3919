import { type Ctx, type Db, openDb, systemCtx } from '@orrery/core'
import type { Redis } from 'ioredis'
import type pg from 'pg'
import { type DestinationStream, type Logger, pino } from 'pino'
import { Registry } from 'prom-client'
import { type Bells, createBells, openRedis, quietly } from './bells.ts'
import { createVerifier, type Verifier } from './credentials.ts'
import type { ServiceName } from './services.ts'

/** What a service lives on: its database as its own role, Redis, a log, a way to tell who calls. */
export type Deps = {
  service: ServiceName
  /** Goes before every key and channel in Redis. */
  namespace: string
  db: Db
  pool: pg.Pool
  /** Few connections on which queries are sent without waiting for the answers of earlier ones. */
  pipelined: pg.Pool
  redis: Redis
  bells: Bells
  log: Logger
  verifier: Verifier
  registry: Registry
  /** True once a stop was asked for: readiness says no from then on. */
  stopping: () => boolean
  stop: () => void
  close: () => Promise<void>
}

export type DepsOptions = {
  service: ServiceName
  databaseUrl: string
  redisUrl: string
  logLevel: string
  poolSize: number
  log?: Logger
}

const secretPaths = ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'key', 'secret']

/** A log that never shows a secret; it goes to standard output unless told otherwise. One that several services share is nobody's own. */
export const createLog = (service: string | null, level: string, destination: DestinationStream = pino.destination(1)): Logger =>
  pino(
    {
      level,
      base: service === null ? {} : { service },
      redact: { paths: secretPaths.flatMap((p) => [p, `*.${p}`, `req.headers.${p}`]), censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  )

// Statements of the engine and of the relay look rows up by their keys. They are planned once, while a table may be nearly
// empty, and a plan that reads all of it then would stay when it is full.
const byIndexAlone = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin'].map((way) => `set enable_${way} = off`).join('; ')

export function openDeps(options: DepsOptions): Deps {
  const log = options.log?.child({ service: options.service }) ?? createLog(options.service, options.logLevel)
  const connection = {
    connectionString: options.databaseUrl,
    application_name: `orrery-${options.service}`,
    onError: quietly(log, 'database'),
  }
  const { db, pool } = openDb({ ...connection, max: options.poolSize })
  const pipelined = openDb({ ...connection, max: 4, pipeline: true, settings: byIndexAlone }).pool
  const redis = openRedis(options.redisUrl, log)
  const namespace = `orrery:${new URL(options.databaseUrl).pathname.slice(1)}`
  const bells = createBells(redis, log, namespace)
  const verifier = createVerifier({ pool, bells, log })
  let stopping = false
  let closing: Promise<void> | undefined
  const close = async () => {
    stopping = true
    verifier.close()
    await bells.close()
    redis.disconnect()
    await Promise.all([pool.end(), pipelined.end()])
  }
  return {
    service: options.service,
    namespace,
    db,
    pool,
    pipelined,
    redis,
    bells,
    log,
    verifier,
    registry: new Registry(),
    stopping: () => stopping,
    stop: () => {
      stopping = true
    },
    close: () => (closing ??= close()),
  }
}

/** A context for what a service does by itself. */
export const ownCtx = (deps: Deps, id: string): Ctx<Db> => systemCtx(deps.db, id, () => deps.bells.ring('outbox'))
