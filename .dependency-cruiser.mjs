const adapter = '\\.(routes|jobs|consumers|tools|sockets)\\.ts$'
const test = '(\\.test\\.tsx?$|/test/|^tests/|^bench/|^packages/(testing|config)/)'
const sql = '\\.(repository|table)\\.ts$'
const modules = '^services/[^/]+/src/modules/'
const npm = (...names) => `node_modules/(${names.join('|')})(/|$)`
const database = npm('drizzle-orm', 'pg')
const transport = npm('fastify', 'fastify-plugin', '@fastify', 'bullmq', 'ioredis', 'ws')

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const betweenWorkspaces = [
  forbid('no-cycles', 'A cycle is two things that are really one, or one that is really two.', {}, { circular: true }),
  forbid('nothing-unresolved', 'An import that cannot be followed is one that no fence can see.', {}, { couldNotResolve: true }),
  forbid(
    'web-imports-contracts-alone',
    'The web app talks to services over HTTP and shares only their contracts.',
    { path: '^apps/web/' },
    { path: '^(services/|apps/standalone/|packages/)', pathNot: '^packages/shared-types/' },
  ),
  forbid(
    'services-are-strangers',
    'A service reaches another by HTTP or event, never by import.',
    { path: '^services/([^/]+)/' },
    { path: '^(services|apps)/', pathNot: '^services/$1/' },
  ),
  forbid('packages-look-down', 'A package never imports what is built on it.', { path: '^packages/' }, { path: '^(services|apps)/' }),
  forbid(
    'contracts-depend-on-typebox-alone',
    'The browser and every service load shared-types.',
    { path: '^packages/shared-types/', pathNot: test },
    { path: '.', pathNot: `^packages/shared-types/|${npm('@sinclair/typebox')}` },
  ),
  forbid(
    'core-knows-no-transport',
    'core is what a verb may use: no HTTP, no queue.',
    { path: '^packages/core/', pathNot: test },
    { path: `${transport}|^packages/service-kit/` },
  ),
  forbid(
    'packages-have-one-door',
    'Import a package by its name, not a file inside it.',
    { path: '^(packages|services|apps)/([^/]+)/' },
    { path: '^packages/[^/]+/src/', pathNot: '^packages/($2/|[^/]+/src/index\\.ts$)' },
  ),
  forbid(
    'entry-points-are-leaves',
    'Nothing imports what starts a process.',
    {},
    { path: '^(services/[^/]+/src/(server|worker)|apps/standalone/src/main)\\.ts$' },
  ),
  forbid(
    'tests-stay-tests',
    'Shipped code never imports test code.',
    { path: '^(services|apps|packages)/', pathNot: test },
    { path: test },
  ),
]

const insideAService = [
  forbid(
    'modules-meet-at-index',
    'A module uses another through its index.ts only.',
    { path: '^(services/[^/]+/src/modules/[^/]+)/' },
    { path: modules, pathNot: '^($1/|services/[^/]+/src/modules/[^/]+/index\\.ts$)' },
  ),
  forbid(
    'adapters-call-verbs',
    'Routes, jobs, consumers, tools and sockets hold no SQL.',
    { path: adapter },
    { path: `${sql}|${database}` },
  ),
  forbid(
    'verbs-know-no-transport',
    'The same verb serves HTTP, a job and a tool.',
    { path: modules, pathNot: `${adapter}|${test}` },
    { path: `${transport}|^packages/service-kit/` },
  ),
  forbid(
    'only-repositories-query',
    'SQL lives in *.repository.ts and *.table.ts.',
    { path: modules, pathNot: `${sql}|${test}` },
    { path: `${database}|\\.table\\.ts$` },
  ),
  forbid(
    'repositories-hold-no-rules',
    'A repository reads tables, those of other modules through their door, and calls nothing above them.',
    { path: '\\.repository\\.ts$' },
    { path: modules, pathNot: `${sql}|/index\\.ts$`, dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'state-is-pure',
    'State machines and policies are true without I/O.',
    { path: '\\.(state|policy)\\.ts$' },
    {
      path: '.',
      pathNot: `^packages/(shared-types|core)/|\\.(state|policy|errors)\\.ts$|${npm('@bufbuild/cel', '@sinclair/typebox', 'croner')}`,
      dependencyTypesNot: ['type-only'],
    },
  ),
]

const insideTheWebApp = [
  forbid(
    'features-are-strangers',
    'Features meet in app/, by composition.',
    { path: '^(apps/web/src/features/[^/]+)/' },
    { path: '^apps/web/src/features/', pathNot: '^$1/' },
  ),
  forbid(
    'features-below-app',
    'Code flows from shared to features to app.',
    { path: '^apps/web/src/features/', pathNot: test },
    { path: '^apps/web/src/app/' },
  ),
  forbid(
    'shared-below-features',
    'components, lib and config know no feature.',
    { path: '^apps/web/src/(components|hooks|lib|config)/', pathNot: test },
    { path: '^apps/web/src/(features|app)/' },
  ),
]

export default {
  forbidden: [...betweenWorkspaces, ...insideAService, ...insideTheWebApp],
  options: {
    doNotFollow: { path: 'node_modules' },
    // what is installed only when somebody measures others
    exclude: { path: '(^|/)dist/|^bench/peers/' },
    // Type-only imports are compiled away and still couple two files.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.d.ts'],
    },
  },
}
