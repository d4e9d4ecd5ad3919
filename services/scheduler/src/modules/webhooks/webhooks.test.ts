import { ask } from '@orrery/testing'
import { startWithWebhooks } from '../../../test/webhooks.ts'

const url = '/api/v1/webhooks'
const unknown = 'whk_01h455vb4pex5vsknk084sn02q'

describe('POST /webhooks', () => {
  it('201 shows the secret this once, keeps it sealed, and says so once', async () => {
    await using s = await startWithWebhooks()
    const answer = await s.as.post(url, s.body({ eventTypes: ['run.created', 'execution.completed'] }))
    const { secret, ...webhook } = answer.json()
    expect([answer.statusCode, answer.headers['etag']]).toEqual([201, '"1"'])
    expect(Buffer.from(String(secret).slice('whsec_'.length), 'base64')).toHaveLength(32)
    expect(webhook).toMatchObject({ name: 'Chat', enabled: true, waiting: 0, dead: 0, disabledReason: null })
    expect(await s.get(webhook.id)).toEqual(webhook)
    const { rows } = await s.it.admin.query(
      'select w::text as text from scheduler.webhooks w union all select a::text from platform.audit_log a',
    )
    expect(rows.map((row) => row.text).join()).not.toContain(String(secret).slice(6))
    expect(await s.it.published('webhook.created')).toEqual([{ name: 'Chat' }])
    expect(await s.it.audited('webhook.create')).toMatchObject([{ entity_id: webhook.id, actor_id: s.owner.id }])
  })

  const refused: [string, object, string][] = [
    ['no kind of event', { eventTypes: [] }, '/eventTypes'],
    ['an unknown kind', { eventTypes: ['run.created', 'run.exploded'] }, '/eventTypes/1'],
    ['kinds about webhooks, which could feed themselves', { eventTypes: ['webhook.delivery_failed'] }, '/eventTypes/0'],
    ['kinds about people, who belong to no project', { eventTypes: ['user.created'] }, '/eventTypes/0'],
    ['what is no address', { url: 'example' }, '/url'],
    ['another scheme', { url: 'ftp://93.184.216.34/' }, '/url'],
    ['credentials in the address', { url: 'https://me:pass@93.184.216.34/' }, '/url'],
    ['a part after #', { url: 'https://93.184.216.34/#x' }, '/url'],
    ['loopback', { url: 'http://127.0.0.1:1/' }, '/url'],
    ['loopback as one number', { url: 'http://2130706433/' }, '/url'],
    ['loopback in IPv6', { url: 'http://[::1]/' }, '/url'],
    ['a private network', { url: 'https://10.1.2.3/' }, '/url'],
    ['the metadata service', { url: 'http://169.254.169.254/latest' }, '/url'],
    ['IPv4 in IPv6', { url: 'http://[::ffff:192.168.0.1]/' }, '/url'],
    ['NAT64', { url: 'http://[64:ff9b::7f00:1]/' }, '/url'],
    ['a name that leads to loopback', { url: 'http://localhost:1/' }, '/url'],
    ['no name of its own', { name: ' ' }, '/name'],
    ['what only Orrery sets', { disabledReason: 'x' }, '/disabledReason'],
  ]
  it('422 refuses what may not be, says where, and connects to nothing', async () => {
    await using s = await startWithWebhooks()
    const answers = []
    for (const [name, more] of refused) {
      const answer = await s.as.post(url, s.body(more))
      answers.push([name, answer.statusCode, answer.json().errors?.[0].path])
    }
    expect(answers).toEqual(refused.map(([name, , path]) => [name, 422, path]))
    expect([await s.it.published('webhook.created'), s.receiver.connections()]).toEqual([[], 0])
  })

  it('401 without a credential, 403 for an operator, 404 for a stranger', async () => {
    await using s = await startWithWebhooks()
    const operator = await s.it.make.user()
    await s.it.make.member(s.projectId, operator.id, 'operator')
    const asked = [ask(s.app, null), ask(s.app, operator), ask(s.app, await s.it.make.user())]
    const statuses = await Promise.all(asked.map(async (each) => (await each.post(url, s.body())).statusCode))
    expect(statuses).toEqual([401, 403, 404])
  })
})

describe('GET /webhooks', () => {
  it('200 lists those of one project by name, page by page', async () => {
    await using s = await startWithWebhooks()
    for (const name of ['B', 'A', 'C']) await s.make({ name })
    const first = (await s.as.get(`${url}?projectId=${s.projectId}&sort=name&limit=2`)).json()
    const rest = (await s.as.get(`${url}?projectId=${s.projectId}&sort=name&limit=2&cursor=${first.nextCursor}`)).json()
    expect([...first.items, ...rest.items].map((each) => each.name)).toEqual(['A', 'B', 'C'])
    expect((await s.as.get(`${url}?q=%25`)).json().items).toEqual([])
    expect((await ask(s.app, await s.it.make.user()).get(url)).json().items).toEqual([])
    expect((await s.as.get(`${url}?sort=secret`)).statusCode).toBe(422)
  })
})

describe('PATCH /webhooks/:id', () => {
  it('200 changes what was said, with a new version', async () => {
    await using s = await startWithWebhooks()
    const { id } = await s.make()
    const answer = await ask(s.app, s.owner, { 'if-match': '"1"' }).patch(`${url}/${id}`, { name: 'Pager', eventTypes: ['run.created'] })
    expect([answer.statusCode, answer.headers['etag'], answer.json()]).toMatchObject([
      200,
      '"2"',
      { name: 'Pager', eventTypes: ['run.created'] },
    ])
    expect(await s.it.published('webhook.updated')).toEqual([{ fields: ['name', 'eventTypes'] }])
  })

  it('412 where somebody else was faster, 422 for an address inside, 404 for an unknown one', async () => {
    await using s = await startWithWebhooks()
    const { id } = await s.make()
    const stale = await ask(s.app, s.owner, { 'if-match': '"7"' }).patch(`${url}/${id}`, { name: 'x' })
    const inside = await s.as.patch(`${url}/${id}`, { url: 'http://10.0.0.1/' })
    const nobody = await s.as.patch(`${url}/${unknown}`, { name: 'x' })
    expect([stale.statusCode, inside.statusCode, nobody.statusCode]).toEqual([412, 422, 404])
    expect(await s.get(id)).toMatchObject({ version: 1, url: s.receiver.url })
  })
})

describe('the rights of those who only look or operate', () => {
  it('403 for an operator to change, rotate or delete; 202 to test', async () => {
    await using s = await startWithWebhooks()
    const { id } = await s.make()
    const operator = await s.it.make.user()
    await s.it.make.member(s.projectId, operator.id, 'operator')
    const as = ask(s.app, operator)
    const answers = [
      await as.get(`${url}/${id}`),
      await as.patch(`${url}/${id}`, { enabled: false }),
      await as.post(`${url}/${id}/rotate-secret`),
      await as.delete(`${url}/${id}`),
      await as.post(`${url}/${id}/test`),
    ]
    expect(answers.map((each) => each.statusCode)).toEqual([200, 403, 403, 403, 202])
  })
})

describe('a secret that is replaced', () => {
  it('200 signs beside the new one for a day, or no more at once where it leaked', async () => {
    await using s = await startWithWebhooks()
    const { id, secret: first } = await s.make()
    const { secret: second, previousSecretUntil } = (await s.as.post(`${url}/${id}/rotate-secret`)).json()
    expect(Date.parse(previousSecretUntil) - Date.now()).toBeGreaterThan(23 * 3_600_000)
    await s.as.post(`${url}/${id}/test`)
    const [both] = await s.receiver.count(1)
    if (!both) throw new Error('no call')
    expect(s.receiver.verify(both, first)).toEqual(s.receiver.verify(both, second))
    const { secret: third } = (await s.as.post(`${url}/${id}/rotate-secret`, { revokeOld: true })).json()
    await s.as.post(`${url}/${id}/test`)
    const last = (await s.receiver.count(2))[1]
    if (!last) throw new Error('no call')
    expect(s.receiver.verify(last, third)).toMatchObject({ type: 'webhook.test', data: { message: expect.any(String) } })
    for (const old of [first, second]) expect(() => s.receiver.verify(last, old)).toThrow('No matching signature')
  })

  it('is of use to no other webhook: sealed texts that were swapped open nothing', async () => {
    await using s = await startWithWebhooks()
    const [a, b] = [await s.make(), await s.make()]
    await s.it.admin.query('update scheduler.webhooks w set secret = (select secret from scheduler.webhooks o where o.id <> w.id)')
    await s.as.post(`${url}/${a.id}/test`)
    const [delivery] = await s.told(a.id, 1, (each) => each.attempts > 0 && !each.sending)
    expect([delivery?.lastError, s.receiver.received.length, b.id]).toEqual([expect.stringContaining('ORRERY_SECRET_KEY'), 0, b.id])
  })
})

describe('DELETE /webhooks/:id', () => {
  it('204 removes it with what it was yet to send, 404 from then on', async () => {
    await using s = await startWithWebhooks(() => ({ status: 500 }), { retryMs: [0, 3_600_000] })
    const { id } = await s.make()
    await s.as.post(`${url}/${id}/test`)
    await s.told(id, 1, (each) => each.status === 'retrying')
    expect((await s.as.delete(`${url}/${id}`)).statusCode).toBe(204)
    const gone = [await s.as.get(`${url}/${id}`), await s.as.get(`${url}/${id}/deliveries`), await s.as.post(`${url}/${id}/test`)]
    expect(gone.map((each) => each.statusCode)).toEqual([404, 404, 404])
    expect(await s.it.published('webhook.deleted')).toEqual([{}])
  })
})
