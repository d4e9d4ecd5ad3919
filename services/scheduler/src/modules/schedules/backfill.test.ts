import { uuidOf } from '@orrery/core'
import { ask, eventually } from '@orrery/testing'
import { startWithSchedules } from '../../../test/schedules.ts'

const url = '/api/v1/schedules'
const hour = 3_600_000
const dayMs = 24 * hour
const midnight = Math.floor(Date.now() / dayMs) * dayMs - 10 * dayMs
const at = (hours: number) => new Date(midnight + hours * hour).toISOString()
/** A day of ten days ago. */
const day = { from: at(0), to: new Date(midnight + dayMs - 1000).toISOString() }

async function startHourly(more: object = {}) {
  const s = await startWithSchedules()
  const { id } = await s.plan({ everyMs: undefined, cron: '0 * * * *', ...more })
  const path = `${url}/${id}/backfill`
  const waiting = async () => (await s.as.get(path)).json().waiting as number
  const fired = (count: number) => s.told(id, count, (fire) => fire.outcome === 'fired')
  return { ...s, id, path, waiting, fired, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() }
}

describe('POST /schedules/:id/backfill', () => {
  it('200 counts without starting anything, 202 starts a few at a time, and none twice', async () => {
    await using s = await startHourly()
    const dry = await s.as.post(s.path, { ...day, dryRun: true })
    const expected = { count: 24, first: at(0), last: at(23), alreadyFired: 0 }
    expect([dry.statusCode, dry.json()]).toEqual([200, { ...expected, dryRun: true }])
    expect(await s.fires(s.id)).toEqual([])
    const answer = await s.as.post(s.path, day)
    expect([answer.statusCode, answer.json()]).toEqual([202, { ...expected, dryRun: false }])
    expect(await s.it.published('schedule.backfilled')).toEqual([{ ...day, count: 24 }])
    const started = await s.fired(10)
    expect(started.map((fire) => fire.fireAt)).toEqual(Array.from({ length: 10 }, (_, h) => at(h)))
    expect((await s.as.get(s.path)).json()).toEqual({ waiting: 14, first: at(10), last: at(23) })
    await s.as.post(`/api/v1/runs/${started[0]?.runId}/cancel`)
    expect((await s.fired(11)).length).toBe(11)
    expect((await s.as.post(s.path, day)).json()).toMatchObject({ count: 0, alreadyFired: 24 })
    expect(await s.read(s.id)).toMatchObject({ status: 'active' })
  })

  it('makes up for what was missed', async () => {
    await using s = await startWithSchedules()
    const { id } = await s.plan({ catchUp: 'none' })
    const due = await s.makeDue(id, 60_000)
    await s.told(id, 1, (fire) => fire.outcome === 'missed')
    expect((await s.as.post(`${url}/${id}/backfill`, { from: due, to: due })).json()).toMatchObject({ count: 1, first: due, last: due })
    expect(await s.told(id, 1, (fire) => fire.fireAt === due && fire.outcome === 'fired')).toMatchObject([{ backfill: true }])
  })

  it('leaves the rest of a gap on record, from its first tick that has no row of its own', async () => {
    await using s = await startHourly()
    await s.as.post(`${url}/${s.id}/pause`)
    const told = [
      { at: at(2), outcome: 'missed', until: at(9), reason: 'too_late' },
      { at: at(4), outcome: 'fired', until: null, reason: null },
    ]
    for (const row of told)
      await s.it.admin.query(
        `insert into scheduler.fires (schedule_id, fire_at, fired_at, outcome, until, reason, late_ms) values ($1, $2, $3, $4, $5, $6, 30000000)`,
        [uuidOf('schedule', s.id), row.at, at(10), row.outcome, row.until, row.reason],
      )
    expect((await s.as.post(s.path, { from: at(2), to: at(3) })).json().count).toBe(2)
    const rows = () => s.fires(s.id).then((fires) => fires.map((fire) => [fire.fireAt, fire.outcome, fire.until, fire.reason]))
    expect(await rows()).toEqual([
      [at(2), 'waiting', null, null],
      [at(3), 'waiting', null, null],
      [at(4), 'fired', null, null],
      [at(5), 'missed', at(9), 'too_late'],
    ])
    expect((await s.fires(s.id))[3]?.lateMs).toBe(30_000_000 - 3 * hour)
    await s.as.post(s.path, { from: at(5), to: at(9) })
    expect((await rows()).map(([, outcome, until]) => [outcome, until])).toEqual(
      [...Array.from({ length: 2 }, () => 'waiting'), 'fired', ...Array.from({ length: 5 }, () => 'waiting')].map((each) => [each, null]),
    )
  })

  it('waits while the schedule is paused, and goes on when it is resumed', async () => {
    await using s = await startHourly()
    await s.as.post(`${url}/${s.id}/pause`)
    await s.as.post(s.path, { from: at(0), to: at(2) })
    const other = await s.plan({ everyMs: undefined, cron: '0 * * * *' })
    await s.as.post(`${url}/${other.id}/backfill`, { from: at(0), to: at(2) })
    await s.told(other.id, 3, (fire) => fire.outcome === 'fired')
    expect(await s.waiting()).toBe(3)
    await s.as.post(`${url}/${s.id}/resume`)
    await s.fired(3)
    expect(await s.waiting()).toBe(0)
  })

  it('422 for what lies before the ledger began, where a tick that fired is forgotten and would fire again', async () => {
    await using s = await startHourly()
    const ago = (days: number) => new Date(Date.now() - days * dayMs).toISOString()
    const answer = await s.as.post(s.path, { from: ago(90.1), to: ago(89.9), dryRun: true })
    expect([answer.statusCode, answer.json().errors]).toEqual([
      422,
      [{ path: '/from', message: expect.stringContaining('The ledger reaches 90 days back') }],
    ])
    expect((await s.as.post(s.path, { from: ago(89.9), to: ago(89.8), dryRun: true })).statusCode).toBe(200)
  })

  it('403 for a viewer, 404 for a stranger, 422 for the future, a range turned round and too many ticks', async () => {
    await using s = await startHourly({ cron: '* * * * *' })
    const viewer = await s.it.make.user()
    await s.it.make.member(s.projectId, viewer.id, 'viewer')
    const statuses = [
      await ask(s.app, viewer).post(s.path, day),
      await ask(s.app, await s.it.make.user()).post(s.path, day),
      await s.as.post(s.path, { ...day, to: '2040-01-01T00:00:00.000Z' }),
      await s.as.post(s.path, { from: day.to, to: day.from }),
      await s.as.post(s.path, day),
    ].map((answer) => answer.statusCode)
    expect(statuses).toEqual([403, 404, 422, 422, 422])
    expect(await s.it.published('schedule.backfilled')).toEqual([])
  })
})

describe('DELETE /schedules/:id/backfill', () => {
  it('200 lets what waits start no more, on record, audited and announced; what runs goes on', async () => {
    await using s = await startHourly()
    await s.as.post(s.path, day)
    const [first] = await s.fired(10)
    const answer = await s.as.delete(s.path)
    expect([answer.statusCode, answer.json()]).toEqual([200, { count: 14 }])
    const skipped = (await s.fires(s.id)).filter((fire) => fire.outcome === 'skipped')
    expect(skipped.map((fire) => [fire.fireAt, fire.reason, fire.backfill])).toEqual(
      Array.from({ length: 14 }, (_, n) => [at(10 + n), 'backfill_stopped', true]),
    )
    expect(await s.it.published('schedule.backfill_stopped')).toEqual([{ count: 14 }])
    expect(await s.it.audited('schedule.backfill_stop')).toMatchObject([{ entity_id: s.id, actor_id: s.owner.id, after: { count: 14 } }])
    expect((await s.as.get(`/api/v1/runs/${first?.runId}`)).json().endedAt).toBeNull()
    await s.as.post(`/api/v1/runs/${first?.runId}/cancel`)
    await s.makeDue(s.id, 0)
    await s.fired(11)
    expect((await s.as.get(s.path)).json()).toEqual({ waiting: 0, first: null, last: null })
    expect((await s.as.post(s.path, { ...day, dryRun: true })).json()).toMatchObject({ count: 14, alreadyFired: 10 })
  })

  it('200 leaves a tick that waits for the run before it, and says nothing where nothing waits', async () => {
    await using s = await startHourly({ overlap: 'queue' })
    await s.makeDue(s.id, 3000)
    await s.fired(1)
    await s.makeDue(s.id, 1000)
    await eventually('a tick in the queue', async () => (await s.fires(s.id)).some((fire) => fire.outcome === 'waiting'))
    expect((await s.as.delete(s.path)).json()).toEqual({ count: 0 })
    expect((await s.fires(s.id)).map((fire) => fire.outcome)).toEqual(['fired', 'waiting'])
    expect(await s.it.published('schedule.backfill_stopped')).toEqual([])
  })

  it('403 for a viewer, who may look, and 404 for a stranger', async () => {
    await using s = await startHourly()
    const viewer = await s.it.make.user()
    await s.it.make.member(s.projectId, viewer.id, 'viewer')
    const stranger = ask(s.app, await s.it.make.user())
    const statuses = [
      await ask(s.app, viewer).get(s.path),
      await ask(s.app, viewer).delete(s.path),
      await stranger.get(s.path),
      await stranger.delete(s.path),
    ].map((answer) => answer.statusCode)
    expect(statuses).toEqual([200, 403, 404, 404])
  })
})
