/** One import that a fence forbids: the file it is planted in, and what it imports. */
export interface Plant {
  rule: string
  from: string
  imports: string
  /** Path of the file that the import ends at, from the root of the fixture. */
  to: string
}

const verb = 'services/alpha/src/modules/runs/create-run.ts'
const routes = 'services/alpha/src/modules/runs/run.routes.ts'
const table = 'services/alpha/src/modules/runs/run.table.ts'
const repository = 'services/alpha/src/modules/runs/run.repository.ts'
const otherModule = 'services/alpha/src/modules/agents/get-agent.ts'
const drizzle = 'node_modules/drizzle-orm/index.js'

const plant = (rule: string, from: string, imports: string, to: string): Plant => ({ rule, from, imports, to })

export const plants: readonly Plant[] = [
  plant('no-cycles', 'packages/core/src/loop.ts', './loop.ts', 'packages/core/src/loop.ts'),
  plant('nothing-unresolved', 'packages/core/src/lost.ts', './nowhere.ts', './nowhere.ts'),
  plant('web-imports-contracts-alone', 'apps/web/src/lib/api.ts', '@orrery/core', 'packages/core/src/index.ts'),
  plant('web-imports-contracts-alone', 'apps/web/src/lib/beta.ts', '@orrery/beta', 'services/beta/src/app.ts'),
  plant('services-are-strangers', 'services/alpha/src/clients/beta.ts', '@orrery/beta', 'services/beta/src/app.ts'),
  plant('packages-look-down', 'packages/service-kit/src/up.ts', '@orrery/beta', 'services/beta/src/app.ts'),
  plant('contracts-depend-on-typebox-alone', 'packages/shared-types/src/run.ts', '@orrery/core', 'packages/core/src/index.ts'),
  plant('contracts-depend-on-typebox-alone', 'packages/shared-types/src/file.ts', 'node:fs', 'fs'),
  plant('core-knows-no-transport', 'packages/core/src/http.ts', 'fastify', 'node_modules/fastify/index.js'),
  plant('core-knows-no-transport', 'packages/core/src/kit.ts', '@orrery/service-kit', 'packages/service-kit/src/index.ts'),
  plant('packages-have-one-door', 'packages/service-kit/src/side.ts', '../../core/src/error.ts', 'packages/core/src/error.ts'),
  plant('entry-points-are-leaves', 'services/alpha/src/app.ts', './server.ts', 'services/alpha/src/server.ts'),
  plant('entry-points-are-leaves', 'apps/standalone/src/run.ts', './main.ts', 'apps/standalone/src/main.ts'),
  plant('tests-stay-tests', 'services/alpha/src/context.ts', '@orrery/testing', 'packages/testing/src/index.ts'),
  plant('tests-stay-tests', 'packages/core/src/early.ts', './error.test.ts', 'packages/core/src/error.test.ts'),
  plant('modules-meet-at-index', verb, '../agents/get-agent.ts', otherModule),
  plant('adapters-call-verbs', routes, './run.repository.ts', repository),
  plant('adapters-call-verbs', 'services/alpha/src/modules/runs/run.sockets.ts', 'drizzle-orm', drizzle),
  plant('verbs-know-no-transport', 'services/alpha/src/modules/runs/retry-run.ts', 'fastify', 'node_modules/fastify/index.js'),
  plant('verbs-know-no-transport', 'services/alpha/src/modules/runs/cancel-run.ts', 'bullmq', 'node_modules/bullmq/index.js'),
  plant('verbs-know-no-transport', 'services/alpha/src/modules/runs/ring-run.ts', 'ioredis', 'node_modules/ioredis/index.js'),
  plant(
    'verbs-know-no-transport',
    'services/alpha/src/modules/runs/kit-run.ts',
    '@orrery/service-kit',
    'packages/service-kit/src/index.ts',
  ),
  plant('only-repositories-query', 'services/alpha/src/modules/runs/list-runs.ts', 'drizzle-orm', drizzle),
  plant('only-repositories-query', 'services/alpha/src/modules/runs/get-run.ts', './run.table.ts', table),
  plant('repositories-hold-no-rules', repository, './plan-run.ts', 'services/alpha/src/modules/runs/plan-run.ts'),
  plant('state-is-pure', 'services/alpha/src/modules/runs/run.state.ts', 'node:fs', 'fs'),
  plant('state-is-pure', 'services/alpha/src/modules/runs/run.policy.ts', './run.repository.ts', repository),
  plant('features-are-strangers', 'apps/web/src/features/runs/list.tsx', '../agents/card.tsx', 'apps/web/src/features/agents/card.tsx'),
  plant('features-below-app', 'apps/web/src/features/runs/live.ts', '../../app/router.tsx', 'apps/web/src/app/router.tsx'),
  plant('shared-below-features', 'apps/web/src/components/row.tsx', '../features/agents/card.tsx', 'apps/web/src/features/agents/card.tsx'),
]

/** Imports that stand right beside the forbidden ones and are allowed. */
export const allowed: readonly Omit<Plant, 'rule'>[] = [
  { from: 'apps/web/src/lib/types.ts', imports: '@orrery/shared-types', to: 'packages/shared-types/src/index.ts' },
  { from: 'apps/web/src/app/routes.tsx', imports: '../features/agents/card.tsx', to: 'apps/web/src/features/agents/card.tsx' },
  { from: 'apps/standalone/src/services.ts', imports: '@orrery/beta', to: 'services/beta/src/app.ts' },
  { from: 'packages/shared-types/src/ids.ts', imports: '@sinclair/typebox', to: 'node_modules/@sinclair/typebox/index.js' },
  { from: 'services/alpha/src/modules/steps/step.repository.ts', imports: 'drizzle-orm', to: drizzle },
  {
    from: 'services/alpha/src/modules/steps/step.repository.ts',
    imports: './step.table.ts',
    to: 'services/alpha/src/modules/steps/step.table.ts',
  },
  { from: 'services/alpha/src/modules/steps/claim-step.ts', imports: '@orrery/core', to: 'packages/core/src/index.ts' },
  {
    from: 'services/alpha/src/modules/steps/claim-step.ts',
    imports: '../agents/index.ts',
    to: 'services/alpha/src/modules/agents/index.ts',
  },
  { from: 'services/alpha/src/modules/steps/step.routes.ts', imports: 'fastify', to: 'node_modules/fastify/index.js' },
  { from: 'services/alpha/src/modules/steps/step.routes.test.ts', imports: '@orrery/testing', to: 'packages/testing/src/index.ts' },
]
