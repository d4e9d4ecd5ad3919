import { ask } from '@orrery/testing'
import { signStandard, startWithHooks, hooksUrl as url } from '../../../test/hooks.ts'

const unknown = 'hok_01h455vb4pex5vsknk084sn02q'

describe('POST /hooks', () => {
  it('201 shows the secret this once, keeps it sealed, and says so once', async () => {
    await using s = await startWithHooks()
    const answer = await s.as.post(url, s.body())
    const { secret, ...hook } = answer.json()
    expect([answer.statusCode, answer.headers['etag']]).toEqual([201, '"1"'])
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(hook).toMatchObject({
      scheme: 'standard',
      enabled: true,
      path: `${url}/${hook.id}`,
      workflowName: s.workflow.slug,
      lastCallAt: null,
    })
    expect((await s.as.get(`${url}/${hook.id}`)).json()).toEqual(hook)
    const { rows } = await s.it.admin.query(
      'select h::text as text from scheduler.hooks h union all select a::text from platform.audit_log a',
    )
    expect(rows.map((row) => row.text).join()).not.toContain(String(secret).slice(6))
    expect(await s.it.published('hook.created')).toEqual([{ name: 'Issues', workflowId: s.workflow.id }])
    expect(await s.it.audited('hook.create')).toMatchObject([{ entity_id: hook.id, actor_id: s.owner.id }])
  })

  const refused: [string, object, string][] = [
    ['a mapping that can not be read', { mapping: { title: '${{ body. }}' } }, '/mapping/title'],
    ['one that is not closed', { mapping: { title: '${{ body.x' } }, '/mapping/title'],
    ['one that reads what a hook has not', { mapping: { title: '${{ inputs.x }}' } }, '/mapping/title'],
    ['one that reads secrets', { mapping: { title: '${{ secrets.x }}' } }, '/mapping/title'],
    ['one that is too costly', { mapping: { title: '${{ body.all(a, body.all(b, a == b)) }}' } }, '/mapping/title'],
    ['one for an input that the workflow has not', { mapping: { title: 'x', other: 1 } }, '/mapping/other'],
    ['one without what the workflow needs', { mapping: { count: 1 } }, '/mapping/title'],
    ['an unknown scheme', { scheme: 'none' }, '/scheme'],
    ['a secret of its own', { secret: 'whsec_x' }, '/secret'],
  ]
  it('422 refuses what may not be, and says where', async () => {
    await using s = await startWithHooks()
    const answers = []
    for (const [name, more] of refused) {
      const answer = await s.as.post(url, s.body(more))
      answers.push([name, answer.statusCode, answer.json().errors?.[0].path])
    }
    expect(answers).toEqual(refused.map(([name, , path]) => [name, 422, path]))
    expect(await s.it.published('hook.created')).toEqual([])
  })

  it('401, 403 for an operator, 404 for a stranger, 409 for a workflow that is not published', async () => {
    await using s = await startWithHooks()
    const operator = await s.it.make.user()
    await s.it.make.member(s.projectId, operator.id, 'operator')
    const draft = await s.as.post('/api/v1/workflows', { projectId: s.projectId, slug: 'draft', name: 'Draft', definition: { steps: {} } })
    const answers = [
      await ask(s.app, null).post(url, s.body()),
      await ask(s.app, operator).post(url, s.body()),
      await ask(s.app, await s.it.make.user()).post(url, s.body()),
      await s.as.post(url, s.body({ workflowId: draft.json().id })),
    ]
    expect(answers.map((each) => each.statusCode)).toEqual([401, 403, 404, 409])
  })

  it('422 for a workflow of another project of the same person', async () => {
    await using s = await startWithHooks()
    const elsewhere = await s.it.make.project(s.owner)
    const answer = await s.as.post(url, s.body({ projectId: elsewhere }))
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([422, '/workflowId'])
  })
})

describe('PATCH, rotate, DELETE', () => {
  it('200 changes the mapping; 412 where somebody else was faster; 422 for one that does not fit; 404 for an unknown hook', async () => {
    await using s = await startWithHooks()
    const { id } = await s.make()
    const mapping = { title: '${{ headers["x-title"] }}', count: 3 }
    const changed = await ask(s.app, s.owner, { 'if-match': '"1"' }).patch(`${url}/${id}`, { mapping })
    expect([changed.statusCode, changed.headers['etag'], changed.json()]).toMatchObject([200, '"2"', { mapping }])
    const refused = [
      await ask(s.app, s.owner, { 'if-match': '"1"' }).patch(`${url}/${id}`, { name: 'x' }),
      await s.as.patch(`${url}/${id}`, { mapping: { nothing: 1 } }),
      await s.as.patch(`${url}/${unknown}`, { name: 'x' }),
    ]
    expect(refused.map((each) => each.statusCode)).toEqual([412, 422, 404])
    expect(await s.it.published('hook.updated')).toEqual([{ fields: ['mapping'] }])
  })

  it('200 takes the old secret a day longer, or no more at once', async () => {
    await using s = await startWithHooks()
    const { id, secret: first } = await s.make()
    const second = (await s.as.post(`${url}/${id}/rotate-secret`)).json().secret
    const payload = '{"issue":{"title":"x"}}'
    const by = async (secret: string, name: string) => (await s.call(id, payload, signStandard(secret, payload, { id: name }))).statusCode
    expect([await by(first, 'a'), await by(second, 'b')]).toEqual([202, 202])
    const third = (await s.as.post(`${url}/${id}/rotate-secret`, { revokeOld: true })).json().secret
    expect([await by(second, 'c'), await by(third, 'd')]).toEqual([401, 202])
  })

  it('204 takes no call any more and keeps the runs', async () => {
    await using s = await startWithHooks()
    const { id, secret } = await s.make()
    const payload = '{"issue":{"title":"x"}}'
    await s.call(id, payload, signStandard(secret, payload))
    expect((await s.as.delete(`${url}/${id}`)).statusCode).toBe(204)
    const gone = [
      await s.as.get(`${url}/${id}`),
      await s.as.get(`${url}/${id}/calls`),
      await s.call(id, payload, signStandard(secret, payload)),
    ]
    expect([gone.map((each) => each.statusCode), (await s.runs()).length]).toEqual([[404, 404, 404], 1])
  })

  it('403 for an operator, who may look', async () => {
    await using s = await startWithHooks()
    const { id } = await s.make()
    const operator = await s.it.make.user()
    await s.it.make.member(s.projectId, operator.id, 'operator')
    const as = ask(s.app, operator)
    const answers = [
      await as.get(`${url}/${id}`),
      await as.get(`${url}/${id}/calls`),
      await as.patch(`${url}/${id}`, { enabled: false }),
      await as.post(`${url}/${id}/rotate-secret`),
      await as.delete(`${url}/${id}`),
    ]
    expect(answers.map((each) => each.statusCode)).toEqual([200, 200, 403, 403, 403])
    expect((await as.get(`${url}?projectId=${s.projectId}`)).json().items).toHaveLength(1)
  })
})
