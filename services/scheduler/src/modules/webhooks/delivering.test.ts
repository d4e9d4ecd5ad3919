import { eventually } from '@orrery/testing'
import { startWithWebhooks } from '../../../test/webhooks.ts'

const url = '/api/v1/webhooks'
const work = { steps: { a: { uses: 'noop' } } }

describe('an event', () => {
  it('goes out as CloudEvents, signed so that the library of Standard Webhooks takes it', async () => {
    await using s = await startWithWebhooks()
    const webhook = await s.make({ eventTypes: ['run.created', 'step.status_changed'] })
    s.work(() => ({}))
    const run = await s.start(await s.publish(work))
    // they are sent side by side: the first one said need not be the first to come
    const calls = await s.receiver.count(3)
    const of = (type: string) => calls.find((each) => s.receiver.verify(each, webhook.secret)['type'] === type)
    const [call, ofStep] = [of('run.created'), of('step.status_changed')]
    if (!call || !ofStep) throw new Error('no call')
    const event = s.receiver.verify(call, webhook.secret)
    expect(call.headers['content-type']).toBe('application/cloudevents+json')
    expect(event).toMatchObject({
      specversion: '1.0',
      id: expect.stringMatching(/^\d+$/),
      source: `https://orrery.test/projects/${s.projectId}`,
      type: 'run.created',
      subject: run.id,
      project: s.projectId,
      data: { trigger: 'manual' },
    })
    expect(Object.keys(event).every((name) => /^[a-z0-9]{1,20}$/.test(name))).toBe(true)
    expect(s.receiver.verify(ofStep, webhook.secret)).toMatchObject({ type: 'step.status_changed', lineage: run.id })
    const [delivery] = await s.told(webhook.id, 1, (each) => each.status === 'delivered' && each.eventType === 'run.created')
    expect(delivery).toMatchObject({ eventId: event.id, attempts: 1, lastStatusCode: 200, lastError: null, nextAt: null, sending: false })
    expect([call.id, call.body]).toEqual([delivery?.id, (await s.delivery(webhook.id, call.id)).body])
  })

  it('goes to the webhooks of its own project alone, and to each that asked for it', async () => {
    await using s = await startWithWebhooks()
    const [all, some, none] = [
      await s.make(),
      await s.make({ eventTypes: ['run.created'] }),
      await s.make({ eventTypes: ['task.created'] }),
    ]
    const elsewhere = await s.it.make.project(s.owner)
    const other = await s.make({ projectId: elsewhere })
    await s.start(await s.publish(work))
    await s.told(some.id, 1)
    await s.told(all.id, 3)
    const kinds = async (id: string) => [...new Set((await s.deliveries(id)).map((each) => each.eventType))].sort()
    expect(await kinds(some.id)).toEqual(['run.created'])
    expect(await kinds(all.id)).toEqual(['run.created', 'workflow.created', 'workflow.published'])
    expect([await kinds(none.id), await kinds(other.id)]).toEqual([[], []])
  })

  it('about webhooks goes to none, so that they can not feed themselves', async () => {
    await using s = await startWithWebhooks(() => ({ status: 500 }), { retryMs: [0] })
    const webhook = await s.make()
    await s.as.patch(`${url}/${webhook.id}`, { name: 'Still me' })
    await s.as.post(`${url}/${webhook.id}/test`)
    await eventually('a failure that is told', async () => (await s.it.published('webhook.delivery_failed')).length === 1)
    await s.publish(work)
    await s.told(webhook.id, 3)
    expect((await s.deliveries(webhook.id)).map((each) => each.eventType)).toEqual([
      'webhook.test',
      'workflow.created',
      'workflow.published',
    ])
  })

  it('of the time while it was off is left out', async () => {
    await using s = await startWithWebhooks()
    const { id } = await s.make({ enabled: false })
    await s.publish(work)
    await eventually('the log to be read', async () => {
      const { rows } = await s.it.admin.query(
        `select 1 from scheduler.event_cursors c where seq = (select max(seq) from platform.domain_events where type = 'workflow.published')`,
      )
      return rows.length > 0
    })
    await s.as.patch(`${url}/${id}`, { enabled: true })
    await s.start(await s.publish(work))
    const [first] = await s.told(id, 1)
    expect([first?.eventType, (await s.deliveries(id)).length]).toEqual(['workflow.created', expect.any(Number)])
    expect((await s.told(id, 3)).map((each) => each.eventType)).toEqual(['workflow.created', 'workflow.published', 'run.created'])
  })
})

describe('a delivery that fails', () => {
  it('is tried again under the same id and body until it is taken', async () => {
    await using s = await startWithWebhooks((_call, count) => ({ status: count < 3 ? 503 : 204, body: count < 3 ? 'not now' : '' }))
    const { id, secret } = await s.make()
    await s.as.post(`${url}/${id}/test`)
    const [delivery] = await s.told(id, 1, (each) => each.status === 'delivered')
    expect(delivery).toMatchObject({ attempts: 3, lastStatusCode: 204, lastError: null, deliveredAt: expect.any(String) })
    expect(new Set(s.receiver.received.map((call) => `${call.id} ${call.body}`)).size).toBe(1)
    for (const call of s.receiver.received) expect(s.receiver.verify(call, secret)).toMatchObject({ type: 'webhook.test' })
    expect((await s.get(id)).lastDeliveredAt).toBe(delivery?.deliveredAt)
  })

  it('is given up after the last attempt, told once, and can be sent again', async () => {
    let status = 500
    await using s = await startWithWebhooks(() => ({ status, body: 'out of order '.repeat(500) }))
    const { id } = await s.make()
    await s.as.post(`${url}/${id}/test`)
    const [dead] = await s.told(id, 1, (each) => each.status === 'dead')
    if (!dead) throw new Error('no delivery')
    expect(dead).toMatchObject({ attempts: 3, lastStatusCode: 500, lastError: 'The answer was 500', nextAt: null })
    expect(dead.responseExcerpt).toHaveLength(2048)
    expect(await s.it.published('webhook.delivery_failed')).toMatchObject([{ webhookId: id, attempts: 3 }])
    expect(await s.get(id)).toMatchObject({ dead: 1, waiting: 0 })
    status = 200
    expect((await s.as.post(`${url}/${id}/deliveries/${dead.id}/redeliver`)).statusCode).toBe(202)
    await s.told(id, 1, (each) => each.status === 'delivered' && each.attempts === 4)
    expect(new Set(s.receiver.received.map((call) => call.id))).toEqual(new Set([dead.id]))
    expect(await s.it.audited('webhook.redeliver')).toMatchObject([{ entity_id: dead.id }])
  })

  it('202 sends all again that were given up since a time', async () => {
    let status = 500
    await using s = await startWithWebhooks(() => ({ status }), { retryMs: [0] })
    const { id } = await s.make()
    for (let i = 0; i < 3; i++) await s.as.post(`${url}/${id}/test`)
    await s.told(id, 3, (each) => each.status === 'dead')
    await s.it.admin.query(
      `update scheduler.webhook_deliveries set created_at = '2026-01-01' where id = (select min(id::text)::uuid from scheduler.webhook_deliveries)`,
    )
    status = 200
    const answer = await s.as.post(`${url}/${id}/redeliver`, { since: '2026-02-01T00:00:00.000Z' })
    expect([answer.statusCode, answer.json()]).toEqual([202, { count: 2 }])
    await s.told(id, 2, (each) => each.status === 'delivered')
    expect((await s.deliveries(id, '&status=dead')).length).toBe(1)
  })

  it('says what went wrong: a redirect, which is not followed; nobody there; too slow a name', async () => {
    await using s = await startWithWebhooks((call) => ({ status: 302, headers: { location: call.path === '/take' ? '/other' : '/' } }), {
      retryMs: [0],
    })
    const { id } = await s.make()
    await s.as.post(`${url}/${id}/test`)
    const [redirected] = await s.told(id, 1, (each) => each.status === 'dead')
    expect(redirected?.lastError).toContain('redirects are not followed')
    expect(s.receiver.received.map((call) => call.path)).toEqual(['/take'])
    await s.receiver.close()
    await s.as.post(`${url}/${id}/test`)
    const [, refused] = await s.told(id, 2, (each) => each.status === 'dead')
    expect([refused?.lastStatusCode, refused?.lastError]).toEqual([null, expect.stringContaining("can't be reached")])
  })

  it('waits as long as the target asks', async () => {
    await using s = await startWithWebhooks(() => ({ status: 429, headers: { 'retry-after': '3600' } }))
    const { id } = await s.make()
    await s.as.post(`${url}/${id}/test`)
    const [delivery] = await s.told(id, 1, (each) => each.status === 'retrying')
    expect(Date.parse(delivery?.nextAt ?? '') - Date.now()).toBeGreaterThan(3_500_000)
    expect(await s.get(id)).toMatchObject({ waiting: 1 })
  })

  it('with 410 switches the webhook off; 409 to test or send again until it is on', async () => {
    await using s = await startWithWebhooks(() => ({ status: 410 }))
    const { id } = await s.make()
    const test = (await s.as.post(`${url}/${id}/test`)).json()
    await s.told(id, 1, (each) => each.status === 'dead')
    expect(await s.get(id)).toMatchObject({ enabled: false, disabledReason: expect.stringContaining('410') })
    expect(await s.it.published('webhook.disabled')).toEqual([{ reason: expect.stringContaining('410') }])
    const refused = [
      await s.as.post(`${url}/${id}/test`),
      await s.as.post(`${url}/${id}/deliveries/${test.id}/redeliver`),
      await s.as.post(`${url}/${id}/redeliver`, { since: '2026-01-01T00:00:00.000Z' }),
    ]
    expect(refused.map((each) => each.statusCode)).toEqual([409, 409, 409])
    await s.as.patch(`${url}/${id}`, { enabled: true })
    expect(await s.get(id)).toMatchObject({ enabled: true, disabledReason: null })
  })
})

describe('GET /webhooks/:id/deliveries', () => {
  it('200 narrows by status and kind, 422 for a status that there is not, 404 for an unknown delivery', async () => {
    await using s = await startWithWebhooks()
    const { id } = await s.make()
    await s.as.post(`${url}/${id}/test`)
    await s.told(id, 1, (each) => each.status === 'delivered')
    expect((await s.deliveries(id, '&status=delivered,dead&eventType=webhook.test')).length).toBe(1)
    expect((await s.deliveries(id, '&eventType=run.created')).length).toBe(0)
    const none = 'dlv_01h455vb4pex5vsknk084sn02q'
    const refused = [
      await s.as.get(`${url}/${id}/deliveries?status=lost`),
      await s.as.get(`${url}/${id}/deliveries/${none}`),
      await s.as.post(`${url}/${id}/deliveries/${none}/redeliver`),
    ]
    expect(refused.map((each) => each.statusCode)).toEqual([422, 404, 404])
  })
})
