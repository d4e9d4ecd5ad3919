import { once } from 'node:events'
import { createServer } from 'node:http'
import { startRelay } from '@orrery/service-kit'
import { eventually, openInstallation } from '@orrery/testing'
import { startProcess } from '../support/processes.ts'

/** A server outside of Orrery that keeps the name of each message it takes, and answers none until it is told to. */
async function startTarget() {
  const taken: string[] = []
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const server = createServer((request, response) => {
    taken.push(String(request.headers['webhook-id']))
    request.resume()
    void held.then(() => response.writeHead(204).end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const close = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { taken, release, host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/`, close }
}

describe('a scheduler killed while it sends', () => {
  it('every event gives one delivery, every delivery arrives, and only what was under way arrives twice', async () => {
    await using it = await openInstallation()
    const target = it.use(await startTarget())
    it.use(startRelay(it.deps('realtime-gateway')))
    const owner = await it.make.user()
    const projectId = await it.make.project(owner)
    const env = { ORRERY_HTTP_ALLOW: target.host }
    const first = await startProcess(it, 'scheduler', { env })
    let url = first.url
    const post = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' }
      const answer = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(await answer.text())
      return (await answer.json()) as { id: string }
    }
    const workflow = await post('/workflows', { projectId, slug: 'w', name: 'W', definition: { steps: { a: { uses: 'noop' } } } })
    await post(`/workflows/${workflow.id}/publish`, {})
    for (const name of ['a', 'b', 'c']) await post('/webhooks', { projectId, name, url: target.url, eventTypes: ['run.created'] })
    const start = (count: number) => Promise.all(Array.from({ length: count }, () => post('/runs', { workflowId: workflow.id })))
    await start(60)
    await eventually('as many deliveries to be under way as may be', () => target.taken.length === 12)
    await first.kill('SIGKILL')
    url = (await startProcess(it, 'scheduler', { env })).url
    target.release()
    await start(40)
    await eventually(
      'everything to be delivered',
      async () => {
        const { rows } = await it.admin.query(
          `select count(*)::int as all, count(*) filter (where status = 'delivered')::int as delivered from scheduler.webhook_deliveries`,
        )
        return rows[0].all === 300 && rows[0].delivered === 300
      },
      60_000,
    )
    const { rows } = await it.admin.query<{ seq: string; n: number }>(
      'select seq, count(distinct webhook_id)::int as n from scheduler.webhook_deliveries group by seq order by seq',
    )
    const { rows: events } = await it.admin.query<{ seq: string }>(
      `select seq from platform.domain_events where type = 'run.created' order by seq`,
    )
    expect(rows).toEqual(events.map(({ seq }) => ({ seq, n: 3 })))
    expect(new Set(target.taken).size).toBe(300)
    const { rows: repeated } = await it.admin.query('select count(*)::int as n from scheduler.webhook_deliveries where attempts = 2')
    expect([repeated[0]?.n, target.taken.length]).toEqual([12, 312])
  }, 120_000)
})
