import { uuidOf } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { ask } from '@orrery/testing'
import { startWithSchedules } from '../../../test/schedules.ts'

const day = { from: '2026-03-01T23:30:00.000Z', to: '2026-03-02T23:30:00.000Z' }
type Row = { at: string; outcome?: string; late?: number; reason?: string; until?: string; backfill?: boolean }

async function startWithLedger() {
  const s = await startWithSchedules()
  const write = async (id: Id<'schedule'>, rows: Row[]) => {
    for (const { at, outcome = 'fired', late = 5, reason = null, until = null, backfill = false } of rows)
      await s.it.admin.query(
        'insert into scheduler.fires (schedule_id, fire_at, fired_at, outcome, late_ms, reason, until, backfill) values ($1, $2, $2, $3, $4, $5, $6, $7)',
        [uuidOf('schedule', id), at, outcome, late, reason, until, backfill],
      )
  }
  const get = async (path: string, query: Record<string, string> = {}) =>
    s.as.get(`/api/v1${path}?${new URLSearchParams({ projectId: s.projectId, ...day, ...query })}`)
  return { ...s, write, get, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() }
}

describe('GET /schedules/fires/summary', () => {
  it('200 counts by hour from the beginning of the range, over all schedules or for each', async () => {
    await using s = await startWithLedger()
    const [one, two] = [await s.plan(), await s.plan()]
    // a tick that waits would start otherwise
    await s.as.post(`/api/v1/schedules/${two.id}/pause`)
    await s.write(one.id, [
      { at: '2026-03-01T23:29:59.999Z' },
      { at: '2026-03-01T23:30:00.000Z', late: 40 },
      { at: '2026-03-02T00:29:59.000Z', late: 1001 },
      { at: '2026-03-02T00:15:00.000Z', late: 90_000, backfill: true },
      { at: '2026-03-02T00:30:00.000Z', outcome: 'skipped', reason: 'previous_running' },
      { at: '2026-03-02T23:30:00.000Z' },
    ])
    await s.write(two.id, [{ at: '2026-03-02T00:00:00.000Z' }, { at: '2026-03-02T00:40:00.000Z', outcome: 'waiting' }])
    const nothing = { fired: 0, waiting: 0, skipped: 0, missed: 0, late: 0, maxLateMs: null }
    const all = await s.get('/schedules/fires/summary')
    expect([all.statusCode, all.json()]).toEqual([
      200,
      {
        ...day,
        truncated: false,
        missed: null,
        hours: [
          { ...nothing, at: '2026-03-01T23:30:00.000Z', scheduleId: null, fired: 4, late: 1, maxLateMs: 1001 },
          { ...nothing, at: '2026-03-02T00:30:00.000Z', scheduleId: null, skipped: 1, waiting: 1 },
        ],
      },
    ])
    const each = (await s.get('/schedules/fires/summary', { bySchedule: 'true' })).json().hours as {
      at: string
      scheduleId: string
      fired: number
    }[]
    expect(each.map(({ at, scheduleId, fired }) => [at, scheduleId, fired])).toEqual(
      expect.arrayContaining([
        ['2026-03-01T23:30:00.000Z', one.id, 3],
        ['2026-03-01T23:30:00.000Z', two.id, 1],
        ['2026-03-02T00:30:00.000Z', two.id, 0],
      ]),
    )
  })

  it('200 says from when to when ticks were missed and why, and that a row may stand for several', async () => {
    await using s = await startWithLedger()
    const { id } = await s.plan()
    await s.write(id, [
      { at: '2026-03-02T02:00:00.000Z', outcome: 'missed', reason: 'catch_up_off' },
      { at: '2026-03-02T02:10:00.000Z', outcome: 'missed', reason: 'too_late', until: '2026-03-02T02:40:00.000Z' },
    ])
    expect((await s.get('/schedules/fires/summary')).json()).toMatchObject({
      hours: [{ missed: 2, fired: 0 }],
      missed: {
        first: '2026-03-02T02:00:00.000Z',
        last: '2026-03-02T02:40:00.000Z',
        atLeast: true,
        reasons: expect.arrayContaining(['catch_up_off', 'too_late']),
      },
    })
  })

  it('404 for a stranger, 422 for more than eight days and for a range that ends before it begins', async () => {
    await using s = await startWithLedger()
    const stranger = ask(s.app, await s.it.make.user())
    const path = `?${new URLSearchParams({ projectId: s.projectId, ...day })}`
    for (const route of ['/schedules/fires', '/schedules/fires/summary']) {
      expect((await stranger.get(`/api/v1${route}${path}`)).statusCode).toBe(404)
      expect((await s.get(route, { to: '2026-03-12T00:00:00.000Z' })).statusCode).toBe(422)
      expect((await s.get(route, { to: '2026-03-01T00:00:00.000Z' })).statusCode).toBe(422)
    }
  })
})

describe('GET /schedules/fires', () => {
  it('200 tells the ticks of all schedules in one order, page by page, and of one schedule or outcome alone', async () => {
    await using s = await startWithLedger()
    const [one, two] = [await s.plan(), await s.plan()]
    const shared = '2026-03-02T03:00:00.000Z'
    await s.write(one.id, [{ at: shared }, { at: '2026-03-02T01:00:00.000Z', outcome: 'missed', reason: 'too_late' }])
    await s.write(two.id, [{ at: shared }, { at: '2026-03-02T02:00:00.000Z' }, { at: '2026-03-05T02:00:00.000Z' }])
    const first = (await s.get('/schedules/fires', { limit: '3' })).json()
    const rest = (await s.get('/schedules/fires', { limit: '3', cursor: first.nextCursor })).json()
    const times = [...first.items, ...rest.items].map((fire: { fireAt: string }) => fire.fireAt)
    expect(times).toEqual([shared, shared, '2026-03-02T02:00:00.000Z', '2026-03-02T01:00:00.000Z'])
    expect([first.items.length, rest.nextCursor]).toEqual([3, null])
    expect(new Set(first.items.slice(0, 2).map((fire: { scheduleId: string }) => fire.scheduleId))).toEqual(new Set([one.id, two.id]))
    const missed = (await s.get('/schedules/fires', { outcome: 'missed', scheduleId: one.id })).json().items
    expect(missed).toEqual([expect.objectContaining({ scheduleId: one.id, outcome: 'missed', reason: 'too_late' })])
    expect((await s.get('/schedules/fires', { outcome: 'lost' })).statusCode).toBe(422)
  })
})
