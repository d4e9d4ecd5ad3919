import { deriveKey, openVault, readAllowList, requireStrongSecret } from '@orrery/core'
import { type Deps, Histogram, ownCtx } from '@orrery/service-kit'
import { type BellQueues, openBellQueues } from './clients/bell-queues.ts'
import { openObjectStore } from './clients/open-object-store.ts'
import { openPoolBell } from './clients/pool-bell.ts'
import { openWebhookBell } from './clients/webhook-bell.ts'
import { openPost } from './clients/webhook-target.ts'
import type { SchedulerConfig } from './config.ts'
import type { Machinery, Outside } from './context.ts'
import { keepTidy } from './modules/artifacts/artifact.jobs.ts'
import { type ArtifactMachinery, storeArtifact } from './modules/artifacts/index.ts'
import type { StoreArtifact } from './modules/artifacts/upload.routes.ts'
import { createEngine } from './modules/engine/index.ts'
import { keepRoom } from './modules/history/history.jobs.ts'
import { tendHooks } from './modules/hooks/hook.jobs.ts'
import { closeDeleted } from './modules/projects/project.jobs.ts'
import { keepFiring } from './modules/schedules/schedule.jobs.ts'
import { standardRetryMs } from './modules/webhooks/index.ts'
import { keepDelivering } from './modules/webhooks/webhook.jobs.ts'
import { createPlans } from './modules/workflows/index.ts'

/** What tests hurry: how long to wait before each attempt at a delivery, and between looks for what deleted projects left. */
export type SchedulerOptions = { retryMs?: readonly number[]; closeEveryMs?: number }

/** What moves by itself, and what the routes need of it. */
export type Running = {
  machinery: Machinery
  bells: BellQueues
  outside: Outside
  artifacts: ArtifactMachinery
  store: StoreArtifact
  close: () => Promise<void>
}

/** Starts everything that nobody has to ask for: the engine, schedules, webhooks, and what tidies up after them. */
export async function startMachinery(deps: Deps, config: SchedulerConfig, options: SchedulerOptions): Promise<Running> {
  const plans = createPlans(deps.pool)
  const bell = openPoolBell(deps)
  const history = await keepRoom(deps, config)
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
  const bells = openBellQueues(deps)
  const firing = keepFiring(deps, machinery)
  const webhooks = startWebhooks(deps, openOutside(config), options)
  const hooks = tendHooks(deps)
  const closing = closeDeleted(deps, { ...machinery, ...webhooks.outside }, options.closeEveryMs)
  const artifacts = openArtifacts(deps, config, machinery)
  const tidying = keepTidy(deps, artifacts)
  return {
    machinery,
    bells,
    outside: webhooks.outside,
    artifacts,
    store: (upload, body) => storeArtifact({ ...ownCtx(deps, 'worker'), ...artifacts }, upload, body),
    async close() {
      for (const each of [closing, webhooks, hooks, firing, history, tidying, engine, bell, bells, artifacts.objects]) await each.close()
    },
  }
}

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

function openArtifacts(deps: Deps, config: SchedulerConfig, machinery: Machinery): ArtifactMachinery {
  const limits = {
    maxBytes: config.ORRERY_ARTIFACT_MAX_BYTES,
    runMaxBytes: config.ORRERY_RUN_ARTIFACTS_MAX_BYTES,
    runMaxCount: config.ORRERY_RUN_ARTIFACTS_MAX,
    keepDays: config.ORRERY_KEEP_ARTIFACTS_DAYS,
  }
  return { ...machinery, objects: openObjectStore(config), limits, pool: deps.pool }
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
