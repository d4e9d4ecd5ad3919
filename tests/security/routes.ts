import { newId } from '@orrery/core'
import type { ProjectRole } from '@orrery/shared-types'
import { nobodyThere, type Person, type Side } from './world.ts'

export type RouteRequest = {
  params?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
  headers?: Record<string, string>
  /** Who may ask this; without it everybody whose role is high enough. */
  as?: Person
}

/** Who may use a route: everybody, everybody with a credential, an administrator, or the least role in the project it is about. */
export type Access = 'public' | 'anybody' | 'admin' | ProjectRole

export type Route = {
  access: Access
  /** Only for a person who is logged in: API keys get 403. */
  session?: true
  /** Makes what the route needs, as the owner of a project, and answers a request that is good. Absent for public routes. */
  request?: (side: Side) => Promise<RouteRequest>
  /** Ids that only narrow a list: a foreign one gives an empty list, as an unknown one does. */
  filters?: string[]
  /** Ids that are kept as they are told and lead nowhere: people and things of other services, which nobody looks up. */
  told?: string[]
  /** Ids inside a project that must fit each other: a foreign one is refused as invalid, as an unknown one is. */
  fitting?: string[]
}

const definition = { steps: { a: { uses: 'noop' } } }
const yearly = '0 0 1 1 *'
const slug = () => `w-${newId('workflow').slice(4)}`

const draft = (side: Side) => side.make('/workflows', { projectId: side.projectId, slug: slug(), name: 'Work', definition })
const workflow = async (side: Side) => {
  const made = await draft(side)
  await side.make(`/workflows/${made.id}/publish`, {})
  return made
}
const run = async (side: Side) => side.make('/runs', { workflowId: (await workflow(side)).id })
const endedRun = async (side: Side) => {
  const made = await run(side)
  await side.make(`/runs/${made.id}/cancel`, {})
  return made
}
const schedule = async (side: Side) =>
  side.make('/schedules', { projectId: side.projectId, workflowId: (await workflow(side)).id, cron: yearly })
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
const yesterday = { from: hoursAgo(24), to: hoursAgo(1) }
/** One that is to make up for a day, and waits until somebody resumes it. */
const filling = async (side: Side) => {
  const made = await side.make('/schedules', { projectId: side.projectId, workflowId: (await workflow(side)).id, cron: '0 * * * *' })
  await side.make(`/schedules/${made.id}/pause`, undefined)
  await side.make(`/schedules/${made.id}/backfill`, yesterday)
  return made
}
const aDay = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' }

/** A step that was given up, by draining the queue in which it waited. */
const deadLetter = async (side: Side) => {
  const made = await side.make('/workflows', {
    projectId: side.projectId,
    slug: slug(),
    name: 'Work',
    definition: { steps: { a: { uses: 'queue:nobody' } } },
  })
  await side.make(`/workflows/${made.id}/publish`, {})
  const { id } = await side.make('/runs', { workflowId: made.id })
  await side.make('/queues/queue:nobody/drain', { projectId: side.projectId })
  // the step's id is its run's with the ordinal in the last digits
  return { id: `stp_${id.slice(4, -4)}0001` }
}
/** A step that asks: its id is its run's with the ordinal in the last digits. */
const approval = async (side: Side) => {
  const asks = { uses: 'approval', with: { title: 'May it?' } }
  const made = await side.make('/workflows', { projectId: side.projectId, slug: slug(), name: 'Ask', definition: { steps: { asks } } })
  await side.make(`/workflows/${made.id}/publish`, {})
  const { id } = await side.make('/runs', { workflowId: made.id })
  return { id: `stp_${id.slice(4, -4)}0001` }
}
const toldUrl = `http://${nobodyThere}/`
const webhook = (side: Side) =>
  side.make('/webhooks', { projectId: side.projectId, name: 'Chat', url: toldUrl, eventTypes: ['memory.stored'] })
const delivery = async (side: Side) => {
  const { id } = await webhook(side)
  const made = await side.make(`/webhooks/${id}/test`, undefined)
  // nothing answers there; while the attempt is under way it can't be repeated
  await side.eventually(`/webhooks/${id}/deliveries/${made.id}`, ({ attempts, sending }) => attempts === 1 && sending === false)
  return { params: { id, deliveryId: made.id } }
}
const hook = async (side: Side) =>
  side.make('/hooks', { projectId: side.projectId, workflowId: (await workflow(side)).id, name: 'Issues', scheme: 'token' })
const task = (side: Side) => side.make('/tasks', { projectId: side.projectId, title: 'A task' })
const agent = (side: Side) => side.make('/agents', { name: 'Scout', type: 'coder', projectIds: [side.projectId] })
const memory = (side: Side) => side.make('/memory', { projectId: side.projectId, content: 'A memory', why: 'analysis' })

type Make = (side: Side) => Promise<{ id: string }>
const project: Make = async (side) => ({ id: side.projectId })

/** A request about one thing, named in the path. */
const of =
  (make: Make, more: Omit<RouteRequest, 'params'> = {}) =>
  async (side: Side): Promise<RouteRequest> => ({ params: { id: (await make(side)).id }, ...more })
const plain =
  (more: RouteRequest = {}) =>
  async () =>
    more

/** Every route of the API by its operationId. A route without a line here fails, and so does a line without a route. */
export const routes: Record<string, Route> = {
  register: { access: 'public' },
  logIn: { access: 'public' },
  refreshTokens: { access: 'public' },
  listPublicKeys: { access: 'public' },
  getHealth: { access: 'public' },
  getHealthDetailed: { access: 'public' },

  getMe: { access: 'anybody', request: plain() },
  updateMe: { access: 'anybody', session: true, request: plain({ body: { fullName: 'Ada' } }) },
  logOut: { access: 'anybody', session: true, request: async (side) => ({ as: await side.person() }) },
  listSessions: { access: 'anybody', session: true, request: plain() },
  revokeSession: { access: 'anybody', session: true, request: async (side) => ({ params: { id: await side.session() }, as: side.owner }) },
  revokeOtherSessions: { access: 'anybody', session: true, request: async (side) => ({ as: await side.person() }) },
  listUsers: { access: 'admin', request: plain() },
  lookUpUser: { access: 'manager', request: async (side) => ({ query: { email: side.owner.email } }) },
  inviteUser: { access: 'admin', session: true, request: async () => ({ body: { email: `${newId('user')}@example.test` } }) },
  getUser: { access: 'admin', request: async (side) => ({ params: { id: side.owner.id } }) },
  updateUser: { access: 'admin', request: async (side) => ({ params: { id: (await side.person()).id }, body: { active: false } }) },
  createApiKey: {
    access: 'viewer',
    session: true,
    request: async (side) => ({ body: { name: 'Robot', projectId: side.projectId, role: 'viewer' } }),
  },
  listApiKeys: { access: 'anybody', session: true, request: plain() },
  revokeApiKey: {
    access: 'anybody',
    session: true,
    request: async (side) => ({
      params: { id: await side.make('/api-keys', { name: 'Robot', role: 'viewer' }).then((made) => made.id) },
      as: side.owner,
    }),
  },

  createProject: { access: 'manager', request: async (side) => ({ body: { name: 'Below', parentId: (await side.project()).id } }) },
  listProjects: { access: 'anybody', request: plain() },
  getProject: { access: 'viewer', request: of(project) },
  updateProject: {
    access: 'manager',
    request: async (side) => ({ params: { id: (await side.project()).id }, body: { name: 'Moved', parentId: (await side.project()).id } }),
  },
  deleteProject: { access: 'owner', request: of((side) => side.project()) },
  listMembers: { access: 'viewer', request: of(project) },
  putMember: {
    access: 'manager',
    request: async (side) => ({ params: { id: side.projectId }, body: { userId: newId('user'), role: 'viewer' } }),
    told: ['body.userId'],
  },
  removeMember: {
    access: 'manager',
    request: async (side) => {
      const userId = newId('user')
      await side.make(`/projects/${side.projectId}/members`, { userId, role: 'viewer' })
      return { params: { id: side.projectId, userId } }
    },
  },
  createTask: {
    access: 'operator',
    request: async (side) => ({
      body: {
        projectId: side.projectId,
        title: 'One more',
        parentId: (await task(side)).id,
        assignee: { type: 'user', id: side.owner.id },
      },
    }),
    fitting: ['body.parentId', 'body.assignee.id'],
  },
  listTasks: {
    access: 'anybody',
    request: async (side) => ({ query: { projectId: side.projectId, parentId: (await task(side)).id, assigneeId: side.owner.id } }),
    filters: ['query.projectId', 'query.parentId', 'query.assigneeId'],
  },
  getTask: { access: 'viewer', request: of(task) },
  updateTask: {
    access: 'operator',
    request: async (side) => ({
      params: { id: (await task(side)).id },
      body: { title: 'Said better', parentId: (await task(side)).id, assignee: { type: 'user', id: side.owner.id } },
    }),
    fitting: ['body.parentId', 'body.assignee.id'],
  },
  setTaskStatus: { access: 'operator', request: of(task, { body: { status: 'in_progress' } }) },
  deleteTask: { access: 'operator', request: of(task) },

  createAgent: {
    access: 'operator',
    request: async (side) => ({ body: { name: 'Scout', type: 'coder', projectIds: [side.projectId] } }),
  },
  listAgents: {
    access: 'anybody',
    request: async (side) => ({ query: { projectId: side.projectId } }),
    filters: ['query.projectId'],
  },
  getAgent: { access: 'viewer', request: of(agent) },
  updateAgent: {
    access: 'manager',
    request: async (side) => ({
      params: { id: (await agent(side)).id },
      body: { name: 'Ranger', projectIds: [side.projectId, (await side.project()).id] },
    }),
  },
  deleteAgent: { access: 'manager', request: of(agent) },
  setAgentStatus: { access: 'operator', request: of(agent, { body: { status: 'busy' } }) },
  heartbeat: { access: 'operator', request: of(agent) },
  recordActivity: {
    access: 'operator',
    request: async (side) => ({
      body: [{ agentId: (await agent(side)).id, action: 'read', runId: (await run(side)).id, taskId: (await task(side)).id }],
    }),
    told: ['body.0.runId', 'body.0.taskId'],
  },
  listActivity: { access: 'viewer', request: of(agent) },

  getWorkflowSchema: { access: 'public' },
  createWorkflow: {
    access: 'operator',
    request: async (side) => ({ body: { projectId: side.projectId, slug: slug(), name: 'Work', definition } }),
  },
  listWorkflows: {
    access: 'anybody',
    request: async (side) => ({ query: { projectId: side.projectId } }),
    filters: ['query.projectId'],
  },
  validateWorkflow: { access: 'anybody', request: plain({ body: { definition } }) },
  getWorkflow: { access: 'viewer', request: of(draft) },
  updateWorkflow: { access: 'operator', request: of(draft, { body: { name: 'Better' } }) },
  archiveWorkflow: { access: 'manager', request: of(draft) },
  listWorkflowVersions: { access: 'viewer', request: of(draft) },
  getWorkflowVersion: { access: 'viewer', request: async (side) => ({ params: { id: (await draft(side)).id, version: '1' } }) },
  diffWorkflow: { access: 'viewer', request: of(draft, { query: { from: '1', to: '1' } }) },
  listWorkflowTransitions: { access: 'viewer', request: of(draft) },
  pauseWorkflow: { access: 'operator', request: of(workflow, { body: {} }) },
  resumeWorkflow: {
    access: 'operator',
    request: of(async (side) => {
      const made = await workflow(side)
      await side.make(`/workflows/${made.id}/pause`, {})
      return made
    }),
  },
  publishWorkflow: { access: 'operator', request: of(draft, { body: {} }) },
  createRun: { access: 'operator', request: async (side) => ({ body: { workflowId: (await workflow(side)).id } }) },
  listRuns: {
    access: 'anybody',
    request: async (side) => {
      const { id, workflowId } = await schedule(side)
      return { query: { projectId: side.projectId, workflowId: String(workflowId), scheduleId: id, parentRunId: (await run(side)).id } }
    },
    filters: ['query.projectId', 'query.workflowId', 'query.scheduleId', 'query.parentRunId'],
  },
  getRun: { access: 'viewer', request: of(run) },
  getRunLogs: { access: 'viewer', request: of(run) },
  downloadRunLogs: { access: 'viewer', request: of(run) },
  listArtifacts: { access: 'viewer', request: of(run) },
  getArtifact: { access: 'viewer', request: of((side) => side.artifact()) },
  getArtifactContent: { access: 'viewer', request: of((side) => side.artifact()) },
  deleteArtifact: { access: 'manager', request: of((side) => side.artifact()) },
  cancelRun: { access: 'operator', request: of(run) },
  whyRun: { access: 'viewer', request: of(run) },
  getRunTimeline: { access: 'viewer', request: of(run) },
  compareRuns: {
    access: 'viewer',
    request: async (side) => ({ params: { id: (await run(side)).id }, query: { with: (await run(side)).id } }),
  },
  retryRun: { access: 'operator', request: of(endedRun) },
  replayRun: { access: 'operator', request: of(endedRun, { body: {} }) },
  forkRun: { access: 'operator', request: of(endedRun, { body: { fromStep: 'a' } }) },
  signalRun: {
    access: 'operator',
    request: async (side) => ({ params: { id: (await run(side)).id, name: 'go' }, body: {} }),
  },
  listApprovals: {
    access: 'anybody',
    request: async (side) => ({ query: { projectId: side.projectId, runId: (await run(side)).id } }),
    filters: ['query.projectId', 'query.runId'],
  },
  getApproval: { access: 'viewer', request: of(approval) },
  approveApproval: { access: 'operator', request: of(approval, { body: {} }) },
  rejectApproval: { access: 'operator', request: of(approval, { body: {} }) },
  createSchedule: {
    access: 'operator',
    request: async (side) => ({ body: { projectId: side.projectId, workflowId: (await workflow(side)).id, cron: yearly } }),
  },
  listSchedules: {
    access: 'anybody',
    request: async (side) => ({ query: { projectId: side.projectId, workflowId: (await workflow(side)).id } }),
    filters: ['query.projectId', 'query.workflowId'],
  },
  previewSchedule: {
    access: 'anybody',
    request: async (side) => ({ body: { cron: yearly, scheduleId: (await schedule(side)).id } }),
    told: ['body.scheduleId'],
  },
  forecastFires: { access: 'viewer', request: async (side) => ({ query: { projectId: side.projectId } }) },
  listFires: { access: 'viewer', request: of(schedule) },
  listProjectFires: {
    access: 'viewer',
    request: async (side) => ({ query: { projectId: side.projectId, scheduleId: (await schedule(side)).id, ...aDay } }),
    filters: ['query.scheduleId'],
  },
  summarizeFires: { access: 'viewer', request: async (side) => ({ query: { projectId: side.projectId, ...aDay } }) },
  backfillSchedule: {
    access: 'operator',
    request: of(schedule, { body: yesterday }),
  },
  getBackfill: { access: 'viewer', request: of(schedule) },
  stopBackfill: { access: 'operator', request: of(filling) },
  getSchedule: { access: 'viewer', request: of(schedule) },
  updateSchedule: { access: 'operator', request: of(schedule, { body: { cron: '0 0 2 1 *' } }) },
  deleteSchedule: { access: 'operator', request: of(schedule) },
  pauseSchedule: { access: 'operator', request: of(schedule) },
  resumeSchedule: {
    access: 'operator',
    request: of(async (side) => {
      const made = await schedule(side)
      await side.make(`/schedules/${made.id}/pause`, undefined)
      return made
    }),
  },
  triggerSchedule: { access: 'operator', request: of(schedule) },

  listQueues: { access: 'viewer', request: async (side) => ({ query: { projectId: side.projectId } }) },
  setQueue: {
    access: 'manager',
    request: async (side) => ({ params: { name: 'queue:gpu' }, body: { projectId: side.projectId, limit: 2 } }),
  },
  drainQueue: { access: 'manager', request: async (side) => ({ params: { name: 'queue:gpu' }, body: { projectId: side.projectId } }) },
  retryQueue: { access: 'operator', request: async (side) => ({ params: { name: 'queue:gpu' }, body: { projectId: side.projectId } }) },
  exchange: {
    access: 'operator',
    request: async (side) => ({
      body: { projectId: side.projectId, worker: newId('worker'), results: [], heartbeats: [], logs: [], room: { gpu: 1 } },
    }),
    told: ['body.worker'],
  },
  retryBells: { access: 'admin', request: async () => ({ params: { name: 'orrery-runs' } }) },
  drainBells: { access: 'admin', request: async () => ({ params: { name: 'orrery-runs' } }) },
  listDeadLetters: {
    access: 'anybody',
    request: async (side) => ({ query: { projectId: side.projectId } }),
    filters: ['query.projectId'],
  },
  getDeadLetter: { access: 'viewer', request: of(deadLetter) },
  redriveDeadLetter: { access: 'operator', request: of(deadLetter) },
  redriveDeadLetters: { access: 'operator', request: async (side) => ({ body: { projectId: side.projectId } }) },
  dismissDeadLetter: { access: 'operator', request: of(deadLetter) },
  createWebhook: {
    access: 'manager',
    request: async (side) => ({ body: { projectId: side.projectId, name: 'Chat', url: toldUrl, eventTypes: ['*'] } }),
  },
  listWebhooks: {
    access: 'anybody',
    request: async (side) => ({ query: { projectId: side.projectId } }),
    filters: ['query.projectId'],
  },
  getWebhook: { access: 'viewer', request: of(webhook) },
  updateWebhook: { access: 'manager', request: of(webhook, { body: { name: 'Pager' } }) },
  deleteWebhook: { access: 'manager', request: of(webhook) },
  rotateWebhookSecret: { access: 'manager', request: of(webhook) },
  testWebhook: { access: 'operator', request: of(webhook) },
  redeliverDead: { access: 'operator', request: of(webhook, { body: { since: '2026-01-01T00:00:00.000Z' } }) },
  listDeliveries: { access: 'viewer', request: of(webhook) },
  getDelivery: { access: 'viewer', request: delivery },
  redeliver: { access: 'operator', request: delivery },
  createHook: {
    access: 'manager',
    request: async (side) => ({ body: { projectId: side.projectId, workflowId: (await workflow(side)).id, name: 'Issues' } }),
  },
  listHooks: {
    access: 'anybody',
    request: async (side) => ({ query: { projectId: side.projectId, workflowId: (await workflow(side)).id } }),
    filters: ['query.projectId', 'query.workflowId'],
  },
  getHook: { access: 'viewer', request: of(hook) },
  updateHook: { access: 'manager', request: of(hook, { body: { enabled: false } }) },
  deleteHook: { access: 'manager', request: of(hook) },
  rotateHookSecret: { access: 'manager', request: of(hook) },
  listHookCalls: { access: 'viewer', request: of(hook) },
  callHook: { access: 'public' },

  storeMemory: {
    access: 'operator',
    request: async (side) => ({ body: { projectId: side.projectId, content: 'A memory', why: 'analysis' } }),
  },
  searchMemories: { access: 'viewer', request: async (side) => ({ body: { projectId: side.projectId, query: 'memory' } }) },
  getMemoryStatus: { access: 'anybody', request: plain() },
  getMemory: { access: 'viewer', request: of(memory) },
  forgetMemory: { access: 'operator', request: of(memory) },
  mcp: {
    access: 'anybody',
    request: plain({
      headers: { accept: 'application/json, text/event-stream', host: 'localhost' },
      body: { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} },
    }),
  },
  listEvents: { access: 'viewer', request: async (side) => ({ query: { topics: `project:${side.projectId}` } }) },
}

/** What answers and is no part of the described API: still closed to whoever has no credential. */
export const hidden: { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; url: string }[] = [
  { method: 'GET', url: '/mcp' },
  { method: 'DELETE', url: '/mcp' },
  { method: 'POST', url: '/internal/exchange' },
  { method: 'PUT', url: '/internal/artifacts/stp_01h455vb4pex5vsknk084s0001/1?name=a' },
]
