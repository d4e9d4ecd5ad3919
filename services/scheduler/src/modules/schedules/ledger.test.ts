import { ask, eventually } from '@orrery/testing'
import { startWithSchedules } from '../../../test/schedules.ts'
import { forgetOldFires } from './fire-schedules.ts'

const url = '/api/v1/schedules'
const hour = 3_600_000

describe('the ledger', () => {
  it('200 tells each tick once, with its run, and page by page', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan()
    const first = await s.makeDue(id, 2000)
    const [fire] = await s.told(id, 1)
    expect(fire).toMatchObject({ scheduleId: id, fireAt: first, outcome: 'fired', reason: null, until: null, backfill: false })
    expect(fire?.lateMs).toBeGreaterThanOrEqual(2000)
    expect((await s.as.get(`/api/v1/runs/${fire?.runId}`)).json()).toMatchObject({ scheduleId: id, trigger: 'schedule' })
    expect(await s.read(id)).toMatchObject({ lastFireAt: first, lastRunId: fire?.runId, status: 'active' })
    await s.makeDue(id, 0)
    await s.told(id, 2)
    const page = (await s.as.get(`${url}/${id}/fires?limit=1`)).json()
    const rest = (await s.as.get(`${url}/${id}/fires?limit=1&cursor=${page.nextCursor}`)).json()
    expect([page.items.length, rest.items[0].fireAt, rest.nextCursor]).toEqual([1, first, null])
    expect((await s.as.get(`${url}/${id}/fires?outcome=missed,skipped`)).json().items).toEqual([])
  })

  it('404 hides the ledger of a schedule that the caller cannot see; 422 for an unknown outcome', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan()
    expect((await ask(s.app, await s.it.make.user()).get(`${url}/${id}/fires`)).statusCode).toBe(404)
    expect((await s.as.get(`${url}/${id}/fires?outcome=lost`)).statusCode).toBe(422)
  })

  it('a tick that was answered before starts nothing, and does not hold up the others', async () => {
    await using s = await startWithSchedules()
    const [one, two] = [await s.plan(), await s.plan()]
    const at = await s.makeDue(one.id, 0)
    await s.told(one.id, 1)
    await s.it.admin.query('update scheduler.schedules set next_fire_at = $1, due_at = $1', [at])
    await s.told(two.id, 1)
    await eventually('the schedule to go on', async () => Date.parse((await s.read(one.id)).nextFireAt ?? '') > Date.now())
    expect((await s.as.get(`/api/v1/runs?scheduleId=${one.id}`)).json().items.length).toBe(1)
  })

  it('missed ticks are told, one event for all of them, and the newest is made up for', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan({ everyMs: 5000 })
    const from = await s.makeDue(id, 40_000)
    const fires = await s.told(id, 6)
    const missed = fires.filter((fire) => fire.outcome === 'missed')
    expect(missed.length).toBeGreaterThan(3)
    expect(new Set(missed.map((fire) => fire.reason))).toEqual(new Set(['superseded']))
    expect(fires.some((fire) => fire.outcome === 'fired')).toBe(true)
    const [event] = await s.it.published('schedule.missed')
    expect(event).toMatchObject({ fireAt: from, until: missed.at(-1)?.fireAt, reason: 'superseded' })
    expect((await s.it.published('schedule.missed')).length).toBe(1)
  })

  it('catch-up none makes up for nothing', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan({ catchUp: 'none', catchUpWindowMs: 24 * hour })
    await s.makeDue(id, 30_000)
    expect(await s.told(id, 1)).toMatchObject([{ outcome: 'missed', reason: 'catch_up_off', runId: null }])
  })

  it('catch-up all makes up for each within the window', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan({ catchUp: 'all', catchUpWindowMs: 3.5 * hour })
    await s.makeDue(id, 5 * hour)
    expect((await s.told(id, 6)).map((fire) => [fire.outcome, fire.reason])).toEqual([
      ['missed', 'too_late'],
      ['missed', 'too_late'],
      ...Array.from({ length: 4 }, () => ['fired', null]),
    ])
  })

  it('an outage over a weekend: the newest tick is made up for where nothing was said, and a month where that was said', async () => {
    await using s = await startWithSchedules()
    const [plain, long] = [await s.plan({ everyMs: 24 * hour }), await s.plan({ everyMs: 24 * hour, catchUpWindowMs: 31 * 24 * hour })]
    await s.makeDue(plain.id, 62 * hour)
    await s.makeDue(long.id, 30.9 * 24 * hour)
    await s.told(plain.id, 1, (fire) => fire.outcome === 'fired')
    expect((await s.fires(plain.id)).map((fire) => fire.reason)).toEqual(['superseded', 'superseded', null])
    await s.told(long.id, 1, (fire) => fire.outcome === 'fired')
    expect((await s.fires(long.id)).filter((fire) => fire.reason === 'superseded').length).toBe(30)
  })

  it('a gap of many ticks is told by a hundred rows, the last of which stands for the rest', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan({ everyMs: 60_000 })
    await s.makeDue(id, 48 * hour + 30_000)
    await eventually('the newest to fire', async () => (await s.read(id)).lastFireAt !== null)
    const fires = (await s.as.get(`${url}/${id}/fires?limit=200`)).json().items as { fireAt: string; until: string | null }[]
    const [newest, gap] = fires
    expect([fires.length, gap?.until]).toEqual([101, new Date(Date.parse(newest?.fireAt ?? '') - 1).toISOString()])
  })

  it('a workflow out of use: the tick is missed, and the schedule paused with the reason on record', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan()
    await s.as.delete(`/api/v1/workflows/${s.workflow.id}`)
    await s.makeDue(id, 0)
    expect(await s.told(id, 1)).toMatchObject([{ outcome: 'missed', reason: 'workflow_unavailable', runId: null }])
    const reason = 'its workflow is archived or not published'
    expect(await s.read(id)).toMatchObject({ status: 'paused', pausedReason: reason })
    expect((await s.as.get(`${url}?status=paused`)).json().items).toMatchObject([{ id, pausedReason: reason }])
    expect(await s.it.published('schedule.paused')).toEqual([{ reason }])
    expect(await s.it.audited('schedule.pause')).toMatchObject([{ after: { reason } }])
  })

  it('a schedule that paused itself says so until somebody resumes it, and no longer', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan()
    const breaking = { inputs: { must: { type: 'string', required: true } }, steps: { a: { uses: 'noop' } } }
    await s.as.patch(`/api/v1/workflows/${s.workflow.id}`, { definition: breaking })
    await s.as.post(`/api/v1/workflows/${s.workflow.id}/publish`, {})
    await s.makeDue(id, 0)
    await s.told(id, 1)
    expect(await s.read(id)).toMatchObject({ status: 'paused', pausedReason: 'its input no longer fits the workflow' })
    await s.as.patch(`${url}/${id}`, { input: { must: 'x' } })
    expect((await s.read(id)).pausedReason).not.toBeNull()
    expect((await s.as.post(`${url}/${id}/resume`)).json()).toMatchObject({ status: 'active', pausedReason: null })
    expect((await s.as.post(`${url}/${id}/pause`)).json()).toMatchObject({ status: 'paused', pausedReason: null })
    expect(await s.it.published('schedule.paused')).toEqual([{ reason: expect.any(String) }, { reason: null }])
  })

  it('a schedule that can not be read any more is paused, and holds up no other', async () => {
    await using s = await startWithSchedules()
    const [broken, fine] = [await s.plan({ everyMs: undefined, cron: '0 0 * * *' }), await s.plan()]
    await s.it.admin.query("update scheduler.schedules set cron = 'nonsense' where cron is not null")
    await s.makeDue(broken.id, 0)
    await s.makeDue(fine.id, 0)
    expect(await s.told(fine.id, 1)).toMatchObject([{ outcome: 'fired' }])
    expect(await s.told(broken.id, 1)).toMatchObject([{ outcome: 'missed', reason: 'schedule_unreadable' }])
    const { status, pausedReason } = await s.read(broken.id)
    expect([status, pausedReason]).toEqual(['paused', expect.stringContaining('five fields')])
  })

  it('a tick that is put off by jitter survives a change of policy, and is on record when a pause takes it away', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan({ jitterMs: 3_600_000 })
    const at = await s.makeDue(id, 0)
    await s.it.admin.query("update scheduler.schedules set due_at = now() + interval '1 hour'")
    expect((await s.as.patch(`${url}/${id}`, { overlap: 'skip' })).json().nextFireAt).toBe(at)
    expect((await s.as.patch(`${url}/${id}`, { input: { x: 1 } })).statusCode).toBe(422)
    await s.it.admin.query("update scheduler.schedules set due_at = now() + interval '1 hour'")
    expect((await s.as.post(`${url}/${id}/pause`)).statusCode).toBe(200)
    expect(await s.fires(id)).toMatchObject([{ fireAt: at, outcome: 'skipped', reason: 'schedule_changed', runId: null }])
  })

  it('forgets ticks of long ago and of schedules that are gone, and no others: none that waits', async () => {
    await using s = await startWithSchedules()
    const [kept, gone] = [await s.plan(), await s.plan()]
    const count = async () => (await s.it.admin.query('select schedule_id, fire_at from scheduler.fires order by fire_at')).rows
    for (const { id } of [kept, gone]) await s.makeDue(id, 0)
    for (const { id } of [kept, gone]) await s.told(id, 1)
    await s.it.admin.query(
      `insert into scheduler.fires (schedule_id, fire_at, fired_at, outcome) select id, now() - d * interval '1 day', now(), 'missed' from scheduler.schedules, unnest(array[89, 91]) d`,
    )
    await s.as.post(`${url}/${kept.id}/pause`)
    await s.it.admin.query(
      `insert into scheduler.fires (schedule_id, fire_at, fired_at, outcome, backfill) select id, now() - interval '100 days', now(), 'waiting', true from scheduler.schedules`,
    )
    await s.as.delete(`${url}/${gone.id}`)
    await forgetOldFires(s.it.deps('scheduler').pool)
    expect((await count()).map((row) => Math.round((Date.now() - row.fire_at.getTime()) / 86_400_000))).toEqual([100, 89, 0])
  })

  it('hands the time of the tick to a workflow that asks for it', async () => {
    await using s = await startWithSchedules()
    const asking = await s.publish({ inputs: { fireAt: { type: 'string', required: true } }, steps: { a: { uses: 'noop' } } })
    const { id } = await s.plan({ workflowId: asking.id })
    const at = await s.makeDue(id, 3000)
    const [fire] = await s.told(id, 1)
    expect((await s.as.get(`/api/v1/runs/${fire?.runId}`)).json().input).toEqual({ fireAt: at })
  })
})

describe('while an earlier run goes on', () => {
  const overlapping = async (overlap: string) => {
    const s = await startWithSchedules()
    const { id } = await s.plan({ overlap })
    await s.makeDue(id, 3000)
    const [first] = await s.told(id, 1)
    await s.makeDue(id, 1000)
    return { s, id, first: first?.runId ?? '' }
  }

  it('skip: the tick is skipped, with an event', async () => {
    const { s, id } = await overlapping('skip')
    await using _ = s
    const [, second] = await s.told(id, 2)
    expect(second).toMatchObject({ outcome: 'skipped', reason: 'previous_running', runId: null })
    expect(await s.it.published('schedule.skipped')).toEqual([{ fireAt: second?.fireAt, reason: 'previous_running' }])
  })

  it('allow: both run', async () => {
    const { s, id } = await overlapping('allow')
    await using _ = s
    expect((await s.told(id, 2)).map((fire) => fire.outcome)).toEqual(['fired', 'fired'])
  })

  it('queue: one waits and starts after the end, a further one is skipped', async () => {
    const { s, id, first } = await overlapping('queue')
    await using _ = s
    expect((await s.told(id, 2)).map((fire) => fire.outcome)).toEqual(['fired', 'waiting'])
    await s.makeDue(id, 0)
    expect((await s.told(id, 3)).map((fire) => [fire.outcome, fire.reason])).toEqual([
      ['fired', null],
      ['waiting', null],
      ['skipped', 'queue_full'],
    ])
    await s.as.post(`/api/v1/runs/${first}/cancel`)
    const started = await s.told(id, 2, (fire) => fire.outcome === 'fired')
    expect(started[1]?.runId).not.toBe(first)
    expect(await s.read(id)).toMatchObject({ status: 'active' })
  })

  it('cancel_previous: the earlier run is canceled in favour of the new one', async () => {
    const { s, id, first } = await overlapping('cancel_previous')
    await using _ = s
    const [, second] = await s.told(id, 2)
    expect(second?.outcome).toBe('fired')
    expect((await s.as.get(`/api/v1/runs/${first}`)).json()).toMatchObject({ status: 'canceled', outcome: 'cancelled' })
    expect((await s.as.get(`/api/v1/runs/${second?.runId}`)).json().endedAt).toBeNull()
  })
})
