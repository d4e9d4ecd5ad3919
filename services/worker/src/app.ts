import { Counter, Histogram, type Logger, openRedis, quietly, Registry, waitsForAnswers } from '@orrery/service-kit'
import type { Exchange, ExchangeAnswer } from '@orrery/shared-types'
import { listenForWork } from './clients/doorbell.ts'
import type { CodeSteps } from './config.ts'
import { ExchangeLoop } from './modules/exchange/loop.ts'
import { createExecutors, type StoreArtifact } from './modules/executors/index.ts'

export { type CodeSteps, WorkerConfig } from './config.ts'

export type WorkerOptions = {
  exchange: (call: Exchange) => Promise<ExchangeAnswer>
  storeArtifact: StoreArtifact
  redisUrl: string
  namespace: string
  log: Logger
  registry?: Registry
  room: { default: number; code: number }
  codeSteps: CodeSteps
  httpAllow: string
  workDir: string
  artifactMaxBytes: number
}

export type RunningWorker = { id: string; registry: Registry; load: () => number; close: () => Promise<void> }

const drainMs = 15_000
const codePool = new Set(['node', 'shell'])

/** Starts a worker: it takes steps, does them, tells how they ended. */
export function startWorker(options: WorkerOptions): RunningWorker {
  const { log, registry = new Registry() } = options
  const executors = createExecutors(options)
  const seconds = new Histogram({
    name: 'orrery_worker_step_seconds',
    help: 'Time of one attempt at a step',
    labelNames: ['uses'],
    registers: [registry],
  })
  const failures = new Counter({
    name: 'orrery_worker_failures_total',
    help: 'Attempts that failed',
    labelNames: ['uses', 'code'],
    registers: [registry],
  })
  const loop = new ExchangeLoop({
    exchange: options.exchange,
    executors: executors.byName,
    room: options.room,
    poolOf: (uses) => (codePool.has(uses) ? 'code' : 'default'),
    failed: quietly(log, 'exchange with the scheduler'),
    finished(step, result, ms) {
      seconds.observe({ uses: step.uses }, ms / 1000)
      if (result.error) failures.inc({ uses: step.uses, code: result.error.code })
    },
  })
  const redis = openRedis(options.redisUrl, log)
  const connection = redis.duplicate(waitsForAnswers)
  connection.on('error', quietly(log, 'redis queue'))
  const doorbell = listenForWork(connection, options.namespace, () => loop.wake(), quietly(log, 'doorbell'))
  log.info({ worker: loop.worker, codeSteps: options.codeSteps }, `worker is up; code steps are ${options.codeSteps}`)
  return {
    id: loop.worker,
    registry,
    load: () => loop.load,
    async close() {
      await loop.drain(drainMs)
      executors.close()
      await doorbell.close()
      connection.disconnect()
      redis.disconnect()
    },
  }
}
