import { startRelay } from '@orrery/service-kit'
import type { Id, Run } from '@orrery/shared-types'
import { eventually, openInstallation, type TestUser } from '@orrery/testing'
import { type ServiceProcess, startProcess } from './processes.ts'
import { startWitness } from './witness.ts'

/** Scheduler and worker as processes of their own, a witness outside, a relay here or in a gateway, and somebody who owns a project. */
export async function startApart(schedulers = 1, relay: 'here' | 'in a gateway' = 'here') {
  const it = await openInstallation()
  const witness = it.use(await startWitness())
  if (relay === 'here') it.use(startRelay(it.deps('realtime-gateway')))
  else await startProcess(it, 'realtime-gateway')
  const owner = await it.make.user()
  const projectId = await it.make.project(owner)
  const running = await Promise.all(Array.from({ length: schedulers }, () => startProcess(it, 'scheduler')))
  const [first] = running
  if (!first) throw new Error('no scheduler')
  const workerEnv = { SCHEDULER_URL: first.url, ORRERY_HTTP_ALLOW: witness.host, ORRERY_CODE_STEPS: 'trusted' }
  const worker = (env: Record<string, string> = {}): Promise<ServiceProcess> =>
    startProcess(it, 'worker', { env: { ...workerEnv, ...env } })
  return {
    it,
    witness,
    owner,
    projectId,
    schedulers: running,
    scheduler: first,
    worker,
    api: api(first.url, owner),
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  }
}
export type Apart = Awaited<ReturnType<typeof startApart>>

/** Speaks to a service as somebody; tries again while the service is away, with the same idempotency key. */
export function api(url: string, as: TestUser) {
  const send = async (method: string, path: string, body?: unknown, key?: string): Promise<unknown> =>
    eventually(
      `${method} ${path}`,
      async () => {
        const answer = await fetch(`${url}/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${as.token}`, 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }).catch(() => undefined)
        if (!answer || answer.status === 503) return undefined
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
        return { value: await answer.json() }
      },
      60_000,
    ).then(({ value }) => value)
  const publish = async (projectId: Id<'project'>, slug: string, definition: unknown): Promise<string> => {
    const made = (await send('POST', '/workflows', { projectId, slug, name: slug, definition })) as { id: string }
    await send('POST', `/workflows/${made.id}/publish`, {})
    return made.id
  }
  return {
    send,
    publish,
    run: (workflowId: string, key: string, input: object = {}) => send('POST', '/runs', { workflowId, input }, key) as Promise<Run>,
    read: (id: string) => send('GET', `/runs/${id}`) as Promise<Run>,
  }
}
