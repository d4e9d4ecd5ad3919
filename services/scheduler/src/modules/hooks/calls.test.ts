import { eventually } from '@orrery/testing'
import { signGitHub, signStandard, startWithHooks, hooksUrl as url } from '../../../test/hooks.ts'

const payload = '{"issue":{"title":"It is down"}}'
const minute = 60_000

describe('a call that is signed', () => {
  it('202 starts a run with what the mapping makes of it, on record and audited as the hook', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make({
      mapping: { title: '${{ body.issue.title }} by ${{ headers["x-from"] }}', count: '${{ int(query.n) }}' },
    })
    const answer = await s.call(id, payload, { ...signStandard(secret, payload), 'X-From': 'Ada' }, '?n=3')
    expect(answer.statusCode).toBe(202)
    const run = await s.read(answer.json().runId)
    expect(run).toMatchObject({ trigger: 'webhook', workflowId: s.workflow.id, input: { title: 'It is down by Ada', count: 3 } })
    expect(await s.calls(id)).toMatchObject([{ outcome: 'accepted', reason: null, messageId: 'msg_1', runId: run.id }])
    expect(await s.it.audited('run.create')).toMatchObject([{ entity_id: run.id, actor_id: id }])
    expect(await s.it.published('run.created')).toMatchObject([{ trigger: 'webhook' }])
    expect((await s.as.get(`${url}/${id}`)).json().lastCallAt).not.toBeNull()
    s.work(() => ({}))
    expect(await s.ended(run.id)).toMatchObject({ outcome: 'success' })
  })

  it('gives the mapping neither credentials nor signatures', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make({
      scheme: 'token',
      mapping: { title: '${{ string(headers.size()) + headers.map(h, h).join(",") }}' },
    })
    const answer = await s.call(id, '', { 'x-hook-token': secret, authorization: 'Bearer x', cookie: 'a=b', 'x-hub-signature-256': 'y' })
    const { title } = (await s.read(answer.json().runId)).input as { title: string }
    for (const name of ['authorization', 'cookie', 'token', 'signature']) expect(title).not.toContain(name)
    expect(title).toContain('content-type')
  })

  it('202 from GitHub, whose form holds the JSON, and by the secret itself', async () => {
    await using s = await startWithHooks()
    const github = await s.make({ scheme: 'github' })
    const form = new URLSearchParams({ payload }).toString()
    const plain = await s.call(github.id, payload, signGitHub(github.secret, payload))
    const asForm = await s.call(github.id, form, {
      ...signGitHub(github.secret, form, 'd-2'),
      'content-type': 'application/x-www-form-urlencoded',
    })
    const token = await s.make({ scheme: 'token' })
    const answers = [plain, asForm]
    for (const name of ['x-hook-token', 'x-gitlab-token']) answers.push(await s.call(token.id, payload, { [name]: token.secret }))
    answers.push(await s.call(token.id, payload, { authorization: `Bearer ${token.secret}` }))
    for (const answer of answers) expect((await s.read(answer.json().runId)).input).toEqual({ title: 'It is down', count: null })
  })
})

describe('a call that is refused', () => {
  it('401 without a signature, with a wrong one, too old or too new, or changed by a byte; each is on record', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    const good = signStandard(secret, payload)
    const other = (await s.make()).secret
    const { 'webhook-id': _id, ...nameless } = good
    const tried: [string, string | Buffer, Record<string, string>][] = [
      ['signature_missing', payload, {}],
      ['signature_missing', payload, nameless],
      ['signature_invalid', payload, signStandard(other, payload)],
      ['signature_invalid', payload, { ...good, 'webhook-id': 'msg_2' }],
      ['signature_invalid', payload.replace('down', 'dowN'), good],
      ['signature_invalid', `${payload} `, good],
      ['signature_invalid', Buffer.concat([Buffer.from(payload), Buffer.from([0xff])]), good],
      ['signature_invalid', payload, { ...good, 'webhook-signature': 'v1,AAAA v2,x nonsense' }],
      ['timestamp_out_of_range', payload, signStandard(secret, payload, { at: new Date(Date.now() - 6 * minute) })],
      ['timestamp_out_of_range', payload, signStandard(secret, payload, { at: new Date(Date.now() + 6 * minute) })],
    ]
    for (const [reason, body, headers] of tried) {
      const answer = await s.call(id, body, headers)
      expect([answer.statusCode, answer.json().code]).toEqual([401, reason])
    }
    const calls = await s.calls(id)
    expect(calls.map((each) => [each.outcome, each.reason, each.runId])).toEqual(tried.map(([reason]) => ['rejected', reason, null]))
    expect(await s.runs()).toEqual([])
    expect((await s.call(id, payload, good)).statusCode).toBe(202)
  })

  it('401 for what GitHub or the holder of the token did not send', async () => {
    await using s = await startWithHooks()
    const [github, token] = [await s.make({ scheme: 'github' }), await s.make({ scheme: 'token' })]
    const good = signGitHub(github.secret, payload)
    const answers = [
      await s.call(github.id, payload, {}),
      await s.call(github.id, payload, { ...good, 'x-hub-signature-256': 'sha256=00' }),
      await s.call(github.id, `${payload} `, good),
      await s.call(token.id, payload, {}),
      await s.call(token.id, payload, { 'x-hook-token': `${token.secret}x` }),
      await s.call(token.id, payload, { authorization: `Basic ${token.secret}` }),
    ]
    expect(answers.map((each) => each.statusCode)).toEqual([401, 401, 401, 401, 401, 401])
    expect(await s.runs()).toEqual([])
  })

  it('409 when the name of a message comes again with another body, on record and without a run', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    const other = payload.replace('down', 'up')
    expect((await s.call(id, payload, signStandard(secret, payload))).statusCode).toBe(202)
    const answer = await s.call(id, other, signStandard(secret, other))
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'message_seen'])
    expect((await s.calls(id))[1]).toMatchObject({ outcome: 'rejected', reason: 'message_seen', messageId: 'msg_1', runId: null })
    expect((await s.runs()).length).toBe(1)
  })

  it('404 for an unknown hook and for no id, 413 above a megabyte', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    const big = JSON.stringify({ issue: { title: 'x'.repeat(1024 * 1024) } })
    const answers = [
      await s.call('hok_01h455vb4pex5vsknk084sn02q', payload, signStandard(secret, payload)),
      await s.call('nonsense', payload, signStandard(secret, payload)),
      await s.call(id, big, signStandard(secret, big)),
    ]
    expect(answers.map((each) => each.statusCode)).toEqual([404, 404, 413])
  })

  it('422 for a body that is no JSON, a mapping that finds nothing, an input that does not fit, with the path on record', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    const wrong = ['{"issue":', '{"other":1}', '{"issue":{"title":7}}']
    const answers = []
    for (const [i, body] of wrong.entries()) answers.push(await s.call(id, body, signStandard(secret, body, { id: `m${i}` })))
    expect(answers.map((each) => [each.statusCode, each.json().code, each.json().errors?.[0].path])).toEqual([
      [422, 'body_invalid', undefined],
      [422, 'mapping_failed', '/mapping/title'],
      [422, 'input_invalid', '/input/title'],
    ])
    expect((await s.calls(id)).map((each) => each.detail)).toEqual([
      expect.stringContaining('JSON'),
      expect.stringContaining('/mapping/title'),
      expect.stringContaining('/input/title'),
    ])
    // a message that was refused may be sent again, once it is mended
    expect((await s.call(id, payload, signStandard(secret, payload, { id: 'm0' }))).statusCode).toBe(202)
  })

  it('409 while the hook is off or its workflow archived, told only to who can sign', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    const call = async (name: string) => (await s.call(id, payload, signStandard(secret, payload, { id: name }))).json().code
    await s.as.patch(`${url}/${id}`, { enabled: false })
    expect([await call('a'), (await s.call(id, payload)).statusCode]).toEqual(['hook_disabled', 401])
    await s.as.patch(`${url}/${id}`, { enabled: true })
    await s.as.delete(`/api/v1/workflows/${s.workflow.id}`)
    expect(await call('b')).toBe('workflow_unavailable')
  })

  it('429 beyond so many a minute', async () => {
    await using s = await startWithHooks({ ORRERY_HOOK_RATE_LIMIT: '5' })
    const { id } = await s.make()
    const statuses = []
    for (let i = 0; i < 7; i++) statuses.push((await s.call(id, payload)).statusCode)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    expect((await s.as.get(`${url}/${id}/calls`)).statusCode).toBe(200)
  })

  it('leaves no trace of a run where the transaction breaks off, and may come again', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    await s.it.admin.query(`
      create function public.break_off() returns trigger language plpgsql security definer as $$
        begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
      create trigger break_off before insert on scheduler.runs for each row execute function public.break_off()`)
    const signed = signStandard(secret, payload)
    expect((await s.call(id, payload, signed)).statusCode).toBe(503)
    expect([await s.runs(), await s.calls(id)]).toEqual([[], []])
    await s.it.admin.query('drop trigger break_off on scheduler.runs')
    await eventually('a run', async () => (await s.call(id, payload, signed)).statusCode === 202)
    expect((await s.runs()).length).toBe(1)
  })
})

describe('a message that comes again', () => {
  it('409 that names the run of the first time, and starts no other, also when several come at once', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    const once = signStandard(secret, payload)
    const answers = await Promise.all(Array.from({ length: 8 }, () => s.call(id, payload, once)))
    // a sender signs anew when it tries again
    answers.push(await s.call(id, payload, signStandard(secret, payload, { at: new Date(Date.now() + 2000) })))
    const [run, ...others] = await s.runs()
    expect(others).toEqual([])
    expect(answers.map((each) => each.statusCode).sort()).toEqual([202, ...Array.from({ length: 8 }, () => 409)])
    const refused = answers.filter((each) => each.statusCode === 409).map((each) => each.json())
    expect(new Set(refused.map((each) => `${each.code}: ${each.detail}`))).toEqual(
      new Set([`message_seen: The message msg_1 came before and started ${run?.id}; nothing is to be done`]),
    )
    const calls = await s.calls(id)
    expect(calls.map((each) => each.outcome).sort()).toEqual(['accepted', ...Array.from({ length: 8 }, () => 'repeated')])
    expect(new Set(calls.map((each) => `${each.messageId} ${each.runId}`))).toEqual(new Set([`msg_1 ${run?.id}`]))
    const another = await s.make()
    const fresh = await s.call(another.id, payload, signStandard(another.secret, payload))
    expect(fresh.statusCode).toBe(202)
  })

  it('409 with its run though the hook was switched off or changed meanwhile; what was refused the first time is judged anew', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    const send = async (name: string) => {
      const answer = await s.call(id, payload, signStandard(secret, payload, { id: name }))
      return answer.json().runId ?? answer.json().code
    }
    await send('a')
    await s.as.patch(`${url}/${id}`, { enabled: false })
    expect([await send('a'), await send('b')]).toEqual(['message_seen', 'hook_disabled'])
    await s.as.patch(`${url}/${id}`, { enabled: true, mapping: { title: '${{ body.nothing }}' } })
    expect([await send('a'), await send('b')]).toEqual(['message_seen', 'mapping_failed'])
    await s.as.patch(`${url}/${id}`, { mapping: { title: '${{ body.issue.title }}' } })
    expect(await send('b')).toMatch(/^run_/)
    expect((await s.runs()).length).toBe(2)
  })

  it('401 where nobody signed it, whatever came before', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    const once = signStandard(secret, payload)
    await s.call(id, payload, once)
    expect((await s.call(id, payload, { ...once, 'webhook-signature': 'v1,AAAA' })).statusCode).toBe(401)
    expect((await s.call(id, payload, signStandard(secret, payload, { at: new Date(Date.now() - 6 * minute) }))).statusCode).toBe(401)
  })
})

describe('what a caller writes', () => {
  it('reaches neither prototypes nor the database as characters that it can not keep', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make({ mapping: { title: '${{ string(body.issue.title) + body.issue.more.map(k, k).join("") }}' } })
    const odd = '{"__proto__":{"x":1},"issue":{"title":"a\\u0000b\\ud800","more":{"k\\u0000":1,"constructor":2}}}'
    const answer = await s.call(id, odd, signStandard(secret, odd))
    expect((await s.read(answer.json().runId)).input).toMatchObject({ title: expect.stringContaining('a\ufffdb\ufffd') })
    expect(({} as { x?: number }).x).toBeUndefined()
  })
})

describe('GET /hooks/:id/calls', () => {
  it('200 narrows by outcome, 422 for one that there is not', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    await s.call(id, payload)
    await s.call(id, payload, signStandard(secret, payload))
    expect((await s.as.get(`${url}/${id}/calls?outcome=rejected`)).json().items).toMatchObject([{ reason: 'signature_missing' }])
    expect((await s.as.get(`${url}/${id}/calls?outcome=lost`)).statusCode).toBe(422)
  })
})
