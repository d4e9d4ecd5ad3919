import { createHash } from 'node:crypto'
import { buildApp as buildAgents } from '@orrery/agents'
import { buildApp as buildAuth } from '@orrery/auth'
import { newId } from '@orrery/core'
import { buildApp as buildMemory } from '@orrery/memory-mcp'
import { buildApp as buildProjects } from '@orrery/projects'
import { buildApp as buildGateway } from '@orrery/realtime-gateway'
import { buildApp as buildScheduler } from '@orrery/scheduler'
import { joinOpenApi, type StatefulService, serviceFor } from '@orrery/service-kit'
import type { Id, LeasedStep, ProjectRole } from '@orrery/shared-types'
import { type Answer, eventually, openInstallation, setting } from '@orrery/testing'
import type { FastifyInstance } from 'fastify'
import { settings, workerKey } from '../support/in-process.ts'

const password = 'tin-lantern-52-harbour'

export type Person = { id: Id<'user'>; token: string; email: string }
/** Where webhooks may be sent, and nothing answers. */
export const nobodyThere = '127.0.0.1:9'

type Made = { id: string } & Record<string, unknown>

type Send = (
  method: Operation['method'],
  url: string,
  request?: { token?: string | undefined; body?: unknown; headers?: Record<string, string> },
) => Promise<Answer>

/** One project with its people, and what its owner can make there. */
export type Side = {
  projectId: Id<'project'>
  owner: Person
  roles: Record<ProjectRole, Person>
  make: (path: string, body: unknown) => Promise<Made>
  /** Waits until what its owner reads there fits. */
  eventually: (path: string, fits: (read: Record<string, unknown>) => boolean) => Promise<unknown>
  /** A further project with the same people. */
  project: () => Promise<Made>
  /** Somebody new, who belongs nowhere. */
  person: () => Promise<Person>
  /** A further session of the owner. */
  session: () => Promise<string>
  /** A file that a step of a run left behind. */
  artifact: () => Promise<Made>
}

export type Operation = { operationId: string; method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string }

/** Every service in this process on one database, asked through the routes of the edge. */
export async function openWorld() {
  const it = await openInstallation()
  const config = {
    ...settings(),
    CHROMA_URL: setting('ORRERY_TEST_CHROMA_URL'),
    ORRERY_CHROMA_TIMEOUT_MS: 700,
    ORRERY_CHROMA_RETRY_MS: 1000,
    ORRERY_HTTP_ALLOW: nobodyThere,
    ORRERY_AUTH_RATE_LIMIT: 100_000,
  }
  const apps = new Map<StatefulService, FastifyInstance>()
  const start = async (service: StatefulService, build: Parameters<typeof it.app>[0]) => apps.set(service, await it.app(build, service))
  await start('auth', (deps) => buildAuth(deps, config))
  await start('projects', (deps) => buildProjects(deps, config))
  await start('agents', (deps) => buildAgents(deps, config))
  await start('scheduler', (deps) => buildScheduler(deps, config))
  await start('memory-mcp', (deps) => buildMemory(deps, config))
  await start('realtime-gateway', (deps) => buildGateway(deps, config, []))

  const appFor = (path: string): FastifyInstance => {
    const app = apps.get(path.startsWith('/internal/') ? 'scheduler' : (serviceFor(path) ?? 'realtime-gateway'))
    if (!app) throw new Error(`Nobody answers ${path}`)
    return app
  }
  const send = (
    method: Operation['method'],
    url: string,
    { token, body, headers = {} }: { token?: string | undefined; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> =>
    appFor(url.split('?', 1)[0] ?? url).inject({
      method,
      url,
      headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { payload: body as object }),
    })

  async function person(): Promise<Person> {
    const username = newId('user').slice(4)
    const email = `${username}@example.test`
    const registered = await send('POST', '/api/v1/auth/register', { body: { email, username, password } })
    if (registered.statusCode !== 201) throw new Error(registered.body)
    return { id: registered.json().user.id, email, token: await logIn(email) }
  }
  async function logIn(email: string): Promise<string> {
    return (await send('POST', '/api/v1/auth/login', { body: { email, password } })).json().accessToken
  }

  async function openSide(): Promise<Side> {
    const owner = await person()
    const roles = { owner, manager: await person(), operator: await person(), viewer: await person() }
    const make = async (path: string, body: unknown): Promise<Made> => {
      const answer = await send('POST', `/api/v1${path}`, { token: owner.token, body })
      if (answer.statusCode >= 300) throw new Error(`POST ${path}: ${answer.body}`)
      const made = answer.json() as Made
      return (made['apiKey'] as Made | undefined) ?? made
    }
    const waitFor = (path: string, fits: (read: Record<string, unknown>) => boolean) =>
      eventually(path, async () => fits((await send('GET', `/api/v1${path}`, { token: owner.token })).json()))
    const project = async () => {
      const made = await make('/projects', { name: 'Apollo' })
      for (const role of ['manager', 'operator', 'viewer'] as const)
        await make(`/projects/${made.id}/members`, { userId: roles[role].id, role })
      return made
    }
    const projectId = (await project()).id as Id<'project'>
    const session = async () => {
      await logIn(owner.email)
      const { items } = (await send('GET', '/api/v1/auth/sessions', { token: owner.token })).json() as {
        items: { id: string; current: boolean }[]
      }
      const other = items.find((each) => !each.current)
      if (!other) throw new Error('no other session')
      return other.id
    }
    const artifact = () => leaveBehind(send, make, projectId)
    return { projectId, owner, roles, make, eventually: waitFor, project, person, session, artifact }
  }

  /** Contents of each table that a request may change, and how many events there are. What works by itself in the background is left out. */
  async function state(): Promise<Map<string, string>> {
    const { rows: tables } = await it.admin.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname in ('auth', 'projects', 'agents', 'scheduler', 'platform')
         and (schemaname, tablename) not in (('platform', 'outbox'), ('platform', 'idempotency_keys'),
           ('scheduler', 'event_cursors'), ('scheduler', 'webhook_deliveries')) and tablename not like 'domain\\_events%' order by 1`,
    )
    const parts = tables.map(
      ({ name }) => `select '${name}' as name, md5(string_agg(t::text, '|' order by t::text)) as held from ${name} t`,
    )
    const events = `select 'events', ((select count(*) from platform.domain_events) + (select coalesce(sum(count), 0) from platform.outbox))::text`
    const memories = `select 'memories', count(*) || ' ' || count(deleted_at) from memory_mcp.memories`
    const { rows } = await it.admin.query<{ name: string; held: string }>([...parts, events, memories].join(' union all '))
    return new Map(rows.map(({ name, held }) => [name, held]))
  }
  /** Names of what is no longer as it was. */
  async function changedSince(before: Map<string, string>): Promise<string[]> {
    const now = await state()
    return [...now.keys()].filter((name) => now.get(name) !== before.get(name))
  }

  const admin = await person()
  const document = joinOpenApi([...apps.values()].map((app) => app.swagger())) as {
    paths: Record<string, Record<string, { operationId?: string }>>
  }
  return {
    it,
    apps,
    admin,
    document,
    send,
    openSide,
    state,
    changedSince,
    ours: await openSide(),
    theirs: await openSide(),
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  }
}
export type World = Awaited<ReturnType<typeof openWorld>>

/** Does a step as a worker would that leaves a file behind. Whatever else waits is done too, so that no lease ends later. */
async function leaveBehind(send: Send, make: Side['make'], projectId: string): Promise<Made> {
  const slug = `w-${newId('workflow').slice(4)}`
  const workflow = await make('/workflows', { projectId, slug, name: slug, definition: { steps: { a: { uses: 'noop' } } } })
  await make(`/workflows/${workflow.id}/publish`, {})
  const run = await make('/runs', { workflowId: workflow.id })
  const worker = newId('worker')
  const exchange = async (results: object[]): Promise<LeasedStep[]> => {
    const body = { worker, results, heartbeats: [], logs: [], room: results.length > 0 ? {} : { default: 1000 }, waitMs: 5000 }
    return (await send('POST', '/internal/exchange', { token: workerKey, body })).json().steps
  }
  let made: Made | undefined
  while (!made) {
    const steps = await exchange([])
    const step = steps.find((each) => each.runId === run.id)
    if (step) {
      const headers = {
        'content-type': 'application/octet-stream',
        'content-length': '1',
        'x-artifact-sha256': createHash('sha256').update('x').digest('hex'),
      }
      const answer = await send('PUT', `/internal/artifacts/${step.stepId}/${step.attempt}?name=a.txt`, {
        token: workerKey,
        body: 'x',
        headers,
      })
      if (answer.statusCode !== 201) throw new Error(answer.body)
      made = answer.json()
    }
    await exchange(steps.map(({ stepId, attempt }) => ({ stepId, attempt, output: null })))
  }
  return made
}

/** Every described route. One without an operationId is named by its method and path. */
export const operationsOf = (document: World['document']): Operation[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      operationId: operationId ?? `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase() as Operation['method'],
      path,
    })),
  )

/** What stands on one side only: described routes without a line in the table, lines of it without a route. */
export function compareRoutes(document: World['document'], table: Record<string, unknown>): { unlisted: string[]; stale: string[] } {
  const described = operationsOf(document).map((each) => each.operationId)
  return {
    unlisted: described.filter((each) => !Object.hasOwn(table, each)),
    stale: Object.keys(table).filter((each) => !described.includes(each)),
  }
}
