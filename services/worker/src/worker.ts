import { armCrash } from '@orrery/core'
import { createLog, loadConfig, measureProcess, Registry, startAdmin } from '@orrery/service-kit'
import closeWithGrace from 'close-with-grace'
import { startWorker } from './app.ts'
import { createSchedulerClient } from './clients/scheduler.ts'
import { WorkerConfig } from './config.ts'

const config = loadConfig(WorkerConfig, process.env)
armCrash(config.ORRERY_CRASH_AT, config.NODE_ENV)
const log = createLog('worker', config.LOG_LEVEL)
const registry = new Registry()
measureProcess(registry)
const scheduler = createSchedulerClient(config.SCHEDULER_URL, config.ORRERY_WORKER_KEY)
const worker = startWorker({
  exchange: scheduler.exchange,
  storeArtifact: scheduler.storeArtifact,
  redisUrl: config.REDIS_URL,
  namespace: config.ORRERY_REDIS_NAMESPACE,
  log,
  registry,
  room: { default: config.ORRERY_WORKER_ROOM, code: config.ORRERY_CODE_ROOM },
  codeSteps: config.ORRERY_CODE_STEPS ?? 'sandbox',
  httpAllow: config.ORRERY_HTTP_ALLOW,
  workDir: config.ORRERY_WORK_DIR,
  artifactMaxBytes: config.ORRERY_ARTIFACT_MAX_BYTES,
})
let stopping = false
const admin = await startAdmin({ host: config.ORRERY_HOST, port: config.ADMIN_PORT, registries: [registry], ready: async () => !stopping })
closeWithGrace(
  { delay: 20_000, logger: { error: (error: unknown) => log.error({ err: error }, 'stopping after a failure') } },
  async () => {
    stopping = true
    await worker.close()
    await scheduler.close()
    admin.close()
  },
)
