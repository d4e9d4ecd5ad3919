import type { Agent, Health, HealthDetailed, Project, Run, RunSummary, Schedule, Step, User, Workflow } from '@orrery/shared-types'

const at = '2026-11-20T12:00:00.000Z'
const body = '01kab2c3d4e5f6g7h8j9k0mn0'
type Prefixed<P extends string> = `${P}_${string}`
export const idOf = <P extends string>(prefix: P, n: number): Prefixed<P> => `${prefix}_${body}${n}`

export const user: User = {
  id: idOf('usr', 1),
  email: 'ada@example.com',
  username: 'ada',
  fullName: 'Ada Larsson',
  role: 'user',
  active: true,
  theme: null,
  createdAt: at,
}
export const project: Project = {
  id: idOf('prj', 1),
  name: 'Shop',
  description: null,
  parentId: null,
  ownerId: user.id,
  status: 'active',
  riskFlag: 'none',
  dueAt: null,
  progress: 0.5,
  role: 'owner',
  version: 1,
  createdAt: at,
  updatedAt: at,
}
export const workflow: Workflow = {
  id: idOf('wfl', 1),
  projectId: project.id,
  slug: 'nightly-triage',
  name: 'Nightly triage',
  status: 'published',
  publishedVersion: 1,
  latestVersion: 1,
  definition: 'name: Nightly triage\nsteps:\n  fetch:\n    uses: noop\n',
  parsed: {},
  version: 1,
  createdAt: at,
  updatedAt: at,
}
export const makeStep = (change: Partial<Step> = {}): Step => ({
  id: idOf('stp', 1),
  key: 'fetch',
  itemIndex: null,
  uses: 'http',
  status: 'done',
  skipped: false,
  attempt: 1,
  queuedAt: '2026-11-20T12:00:00.100Z',
  startedAt: '2026-11-20T12:00:00.300Z',
  endedAt: '2026-11-20T12:00:01.000Z',
  input: {},
  output: { status: 200 },
  error: null,
  ...change,
})
export const runSummary: RunSummary = {
  id: idOf('run', 1),
  projectId: project.id,
  workflowId: workflow.id,
  workflowSlug: workflow.slug,
  workflowName: workflow.name,
  workflowVersion: 1,
  taskId: null,
  scheduleId: null,
  parentRunId: null,
  originRunId: null,
  trigger: 'manual',
  status: 'done',
  blockedReason: null,
  outcome: 'success',
  error: null,
  createdAt: at,
  startedAt: at,
  endedAt: '2026-11-20T12:00:01.000Z',
  durationMs: 1000,
  costUsd: null,
}
export const run: Run = {
  ...runSummary,
  input: { repo: 'orrery' },
  output: null,
  steps: [makeStep()],
  graph: { nodes: [{ key: 'fetch', uses: 'http', foreach: false }], edges: [] },
}
export const schedule: Schedule = {
  id: idOf('sch', 1),
  projectId: project.id,
  workflowId: workflow.id,
  workflowName: workflow.name,
  workflowSlug: workflow.slug,
  cron: '0 9 * * *',
  everyMs: null,
  at: null,
  timezone: 'Europe/Berlin',
  input: {},
  status: 'active',
  nextFireAt: '2036-11-21T08:00:00.000Z',
  lastFireAt: at,
  lastRunId: null,
  lastLateMs: 40,
  version: 1,
  createdAt: at,
  updatedAt: at,
}
export const agent: Agent = {
  id: idOf('agt', 1),
  name: 'triage-bot',
  type: 'assistant',
  capabilities: ['triage'],
  projectIds: [project.id],
  ownerId: user.id,
  status: 'busy',
  lastSeenAt: null,
  metrics: { executions: 0, failed: 0, successRate: null, avgDurationMs: null },
  version: 1,
  createdAt: at,
  updatedAt: at,
}
export const health: Health = {
  status: 'healthy',
  database: 'healthy',
  redis: 'healthy',
  memoryMcp: 'healthy',
  websocket: 'healthy',
  worker: 'healthy',
  version: '1.2.3',
}
export const healthDetailed: HealthDetailed = {
  ...health,
  codeSteps: 'trusted',
  parts: [{ name: 'database', state: 'healthy', latencyMs: 1, detail: null }],
}
