import { ask } from '@orrery/testing'
import { startWithSchedules } from '../../../test/schedules.ts'

const url = '/api/v1/schedules'
const unknown = 'sch_01h455vb4pex5vsknk084sn02q'

describe('POST /schedules', () => {
  it('201 plans runs with the policies that were given, audited and announced once', async () => {
    await using s = await startWithSchedules()
    const more = {
      startAt: '2040-01-01T00:00:00.000Z',
      endAt: '2040-02-01T00:00:00.000Z',
      jitterMs: 5000,
      overlap: 'queue',
      catchUp: 'all',
    }
    const answer = await s.as.post(
      url,
      s.body({ everyMs: undefined, cron: 'H 3 * * *', timezone: 'Asia/Tokyo', catchUpWindowMs: 1000, ...more }),
    )
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({ ...more, cron: 'H 3 * * *', timezone: 'Asia/Tokyo', catchUpWindowMs: 1000, status: 'active' })
    expect(answer.json().nextFireAt).toMatch(/^2040-01-01T18:\d\d:00.000Z$/)
    expect(await s.it.published('schedule.created')).toEqual([{ workflowId: s.workflow.id }])
    expect(await s.it.audited('schedule.create')).toMatchObject([{ entity_id: answer.json().id, actor_id: s.owner.id }])
  })

  it('201 leaves what was not said at its default', async () => {
    await using s = await startWithSchedules()
    const policies = {
      overlap: 'allow',
      catchUp: 'last',
      catchUpWindowMs: 3 * 86_400_000,
      jitterMs: 0,
      startAt: null,
      endAt: null,
      timezone: 'UTC',
    }
    expect(await s.plan()).toMatchObject(policies)
  })

  it.each([
    ['two times at once', { cron: '0 0 * * *' }, '/cron'],
    ['no time', { everyMs: undefined }, '/cron'],
    ['an unknown zone', { timezone: 'Mars/Olympus' }, '/timezone'],
    ['a pattern that can not be read', { everyMs: undefined, cron: '61 * * * *' }, '/cron'],
    ['a pattern with four fields', { everyMs: undefined, cron: '0 * * *' }, '/cron'],
    ['a day that never comes', { everyMs: undefined, cron: '0 0 31 2 *' }, '/cron'],
    ['a spread beyond its field', { everyMs: undefined, cron: 'H(50-70) * * * *' }, '/cron'],
    ['a time that is past', { everyMs: undefined, at: '2020-01-01T00:00:00.000Z' }, '/at'],
    ['an end before its start', { startAt: '2041-01-01T00:00:00.000Z', endAt: '2040-01-01T00:00:00.000Z' }, '/endAt'],
    ['an unknown policy', { overlap: 'maybe' }, '/overlap'],
    ['more jitter than an hour', { jitterMs: 3_600_001 }, '/jitterMs'],
    ['a window of more than a month', { catchUpWindowMs: 31 * 86_400_000 + 1 }, '/catchUpWindowMs'],
    ['an input that the workflow does not have', { input: { x: 1 } }, '/input/x'],
  ])('422 refuses %s', async (_name, more, path) => {
    await using s = await startWithSchedules()
    const answer = await s.as.post(url, s.body(more))
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([422, path])
    expect(await s.it.published('schedule.created')).toEqual([])
  })

  it('403 for a viewer, 404 for a stranger, 409 for a workflow that is not published', async () => {
    await using s = await startWithSchedules()
    const viewer = await s.it.make.user()
    await s.it.make.member(s.projectId, viewer.id, 'viewer')
    const draft = await s.as.post('/api/v1/workflows', { projectId: s.projectId, slug: 'draft', name: 'Draft', definition: { steps: {} } })
    const statuses = [
      await ask(s.app, viewer).post(url, s.body()),
      await ask(s.app, await s.it.make.user()).post(url, s.body()),
      await s.as.post(url, s.body({ workflowId: draft.json().id })),
    ].map((answer) => answer.statusCode)
    expect(statuses).toEqual([403, 404, 409])
  })
})

describe('PATCH /schedules/:id', () => {
  it('200 changes times and policies, and wakes a schedule that had ended', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan({ everyMs: undefined, at: new Date(Date.now() + 3_600_000).toISOString() })
    await s.makeDue(id, 0)
    await s.told(id, 1)
    expect((await s.read(id)).status).toBe('ended')
    const answer = await s.as.patch(`${url}/${id}`, { everyMs: 60_000, overlap: 'skip', endAt: '2040-01-01T00:00:00.000Z' })
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { status: 'active', everyMs: 60_000, at: null, overlap: 'skip' }])
    const cleared = await s.as.patch(`${url}/${id}`, { endAt: null })
    expect(cleared.json()).toMatchObject({ endAt: null, everyMs: 60_000, overlap: 'skip' })
  })

  it('412 where somebody else was faster, 422 for what never fires, 404 for an unknown one', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan()
    const stale = await ask(s.app, s.owner, { 'if-match': '"7"' }).patch(`${url}/${id}`, { jitterMs: 1 })
    const never = await s.as.patch(`${url}/${id}`, { endAt: '2020-01-01T00:00:00.000Z' })
    expect([stale.statusCode, never.statusCode, (await s.as.patch(`${url}/${unknown}`, {})).statusCode]).toEqual([412, 422, 404])
  })
})

describe('pause, resume, trigger, delete', () => {
  it('200 lets nothing start while paused, and goes on with the first tick after now', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan()
    expect((await s.as.post(`${url}/${id}/pause`)).json()).toMatchObject({ status: 'paused', nextFireAt: null })
    expect((await s.as.post(`${url}/${id}/pause`)).statusCode).toBe(409)
    const resumed = (await s.as.post(`${url}/${id}/resume`)).json()
    expect(resumed.status).toBe('active')
    expect(Date.parse(resumed.nextFireAt)).toBeGreaterThan(Date.now())
    expect((await s.as.post(`${url}/${id}/resume`)).statusCode).toBe(409)
  })

  it('201 starts a run at once, beside the ticks', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan()
    const answer = await s.as.post(`${url}/${id}/trigger`)
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { scheduleId: id, trigger: 'manual' }])
    expect(await s.fires(id)).toEqual([])
  })

  it('201 hands the moment to a workflow that asks for the time of its tick', async () => {
    await using s = await startWithSchedules()
    const asking = await s.publish({ inputs: { fireAt: { type: 'string', required: true } }, steps: { a: { uses: 'noop' } } })
    const { id } = await s.plan({ workflowId: asking.id })
    const began = Date.now()
    const answer = await s.as.post(`${url}/${id}/trigger`)
    expect(answer.statusCode).toBe(201)
    expect(Math.abs(Date.parse(answer.json().input.fireAt) - began)).toBeLessThan(60_000)
    const own = await s.plan({ workflowId: asking.id, input: { fireAt: 'always the same' } })
    expect((await s.as.post(`${url}/${own.id}/trigger`)).json().input).toEqual({ fireAt: 'always the same' })
  })

  it('204 removes the plan and keeps its runs', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan()
    const run = (await s.as.post(`${url}/${id}/trigger`)).json()
    expect([(await s.as.delete(`${url}/${id}`)).statusCode, (await s.as.get(`${url}/${id}`)).statusCode]).toEqual([204, 404])
    expect((await s.as.get(`/api/v1/runs/${run.id}`)).statusCode).toBe(200)
  })
})

describe('POST /schedules/preview', () => {
  it('200 names the next fires, and says where H will be another value', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan({ everyMs: undefined, cron: 'H H * * *' })
    const from = '2026-01-01T00:00:00.000Z'
    const guess = (await s.as.post(`${url}/preview`, { cron: 'H H * * *', from, count: 2 })).json()
    expect(guess.fires.map((fire: { note?: string }) => fire.note?.slice(0, 18))).toEqual(['H stands for a val', 'H stands for a val'])
    const own = (await s.as.post(`${url}/preview`, { cron: 'H H * * *', from, count: 1, scheduleId: id })).json()
    expect(own.fires[0].note).toBeUndefined()
    expect(own.fires[0].at.slice(11)).toBe((await s.read(id)).nextFireAt?.slice(11))
  })

  it('422 answers a hopeless pattern quickly', async () => {
    await using s = await startWithSchedules()
    const began = Date.now()
    for (const cron of ['0 0 31 2 *', '0 0 30 2 *', '99999999999 * * * *', '*/0 * * * *', `${'1,'.repeat(58)}1 * * * *`])
      expect([200, 422]).toContain((await s.as.post(`${url}/preview`, { cron })).statusCode)
    expect(Date.now() - began).toBeLessThan(500)
  })
})

describe('GET /schedules/forecast', () => {
  it('200 counts what will fire, by minute', async () => {
    await using s = await startWithSchedules()
    const often = await s.plan({ everyMs: undefined, cron: '*/30 * * * *' })
    const daily = await s.plan({ everyMs: undefined, cron: '0 12 * * *' })
    await s.as.post(`${url}/${(await s.plan()).id}/pause`)
    const range = 'from=2040-03-01T11:45:00.000Z&to=2040-03-01T12:30:00.000Z'
    const answer = await s.as.get(`${url}/forecast?projectId=${s.projectId}&${range}`)
    expect([answer.statusCode, answer.json()]).toMatchObject([
      200,
      {
        fires: 3,
        truncated: false,
        until: '2040-03-01T12:30:00.000Z',
        minutes: [
          { at: '2040-03-01T12:00:00.000Z', fires: 2, scheduleIds: expect.arrayContaining([often.id, daily.id]), counts: [1, 1] },
          { at: '2040-03-01T12:30:00.000Z', fires: 1, scheduleIds: [often.id] },
        ],
      },
    ])
  })

  it('200 stops where too much would fire, and says how far it came', async () => {
    await using s = await startWithSchedules()
    await s.plan({ everyMs: undefined, cron: '* * * * * *' })
    const range = 'from=2040-03-01T00:00:00.000Z&to=2040-03-07T00:00:00.000Z'
    const answer = (await s.as.get(`${url}/forecast?projectId=${s.projectId}&${range}`)).json()
    expect(answer).toMatchObject({ fires: 5000, truncated: true, until: '2040-03-01T01:23:20.000Z' })
  })

  it('404 for a stranger, 422 for more than seven days', async () => {
    await using s = await startWithSchedules()
    const path = `${url}/forecast?projectId=${s.projectId}`
    expect((await ask(s.app, await s.it.make.user()).get(path)).statusCode).toBe(404)
    expect((await s.as.get(`${path}&from=2040-03-01T00:00:00.000Z&to=2040-03-09T00:00:00.000Z`)).statusCode).toBe(422)
  })
})
