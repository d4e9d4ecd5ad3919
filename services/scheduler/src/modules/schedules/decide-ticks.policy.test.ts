import { decideTicks, type Planned } from './decide-ticks.policy.ts'

const minute = 60_000
const start = new Date('2026-03-01T12:00:00.000Z')
const at = (minutes: number, ms = 0) => new Date(start.getTime() + minutes * minute + ms)
const schedule = (more: Partial<Planned> = {}): Planned => ({
  id: 'one',
  when: { kind: 'every', everyMs: minute, anchor: start, start: null, end: null },
  jitterMs: 0,
  overlap: 'allow',
  catchUp: 'last',
  catchUpWindowMs: minute,
  ...more,
})
const idle = { running: 0, waiting: 0 }
const told = (planned: Planned, now: Date, busy = idle, limit = 100) => {
  const { decisions, next } = decideTicks(planned, at(1), now, busy, limit)
  return {
    ticks: decisions.map(({ tick, outcome, reason }) => [tick.at.getTime() / minute - start.getTime() / minute, outcome, reason]),
    next,
  }
}

describe('ticks that nobody could answer in time', () => {
  it('are fired while they are merely late, whatever the policy', () => {
    for (const catchUp of ['none', 'last', 'all'] as const)
      expect(told(schedule({ catchUp }), at(1, 9000))).toEqual({ ticks: [[1, 'fired', null]], next: at(2) })
  })

  it('none: are told as missed', () => {
    expect(told(schedule({ catchUp: 'none', catchUpWindowMs: 10 * minute }), at(3, 30_000)).ticks).toEqual([
      [1, 'missed', 'catch_up_off'],
      [2, 'missed', 'catch_up_off'],
      [3, 'missed', 'catch_up_off'],
    ])
  })

  it('last: the newest stands for all', () => {
    expect(told(schedule({ catchUpWindowMs: 10 * minute }), at(3, 30_000)).ticks).toEqual([
      [1, 'missed', 'superseded'],
      [2, 'missed', 'superseded'],
      [3, 'fired', null],
    ])
  })

  it('last: nothing where even the newest lies before the window', () => {
    const hourly = schedule({ when: { kind: 'every', everyMs: 60 * minute, anchor: start, start: null, end: null } })
    const { decisions, next } = decideTicks(hourly, at(60), at(75), idle, 100)
    expect(decisions.map((each) => [each.outcome, each.reason])).toEqual([['missed', 'too_late']])
    expect(next).toEqual(at(120))
  })

  it('all: each within the window', () => {
    expect(told(schedule({ catchUp: 'all', catchUpWindowMs: 2 * minute }), at(4, 30_000)).ticks).toEqual([
      [1, 'missed', 'too_late'],
      [2, 'missed', 'too_late'],
      [3, 'fired', null],
      [4, 'fired', null],
    ])
  })

  it('a gap too long to be told tick by tick ends in one row for its rest, and goes on within the window', () => {
    const { decisions, next } = decideTicks(schedule({ catchUp: 'all' }), at(1), at(100_000, 30_000), idle, 10)
    expect(decisions.length).toBe(10)
    expect(decisions.at(-1)?.until).toEqual(at(99_999, 29_999))
    expect(next).toEqual(at(100_000))
  })

  it('a month of ticks of which the newest stands for all is told as quickly, and the newest fires', () => {
    const month = { catchUpWindowMs: 31 * 1440 * minute }
    const now = at(40_000, 30_000)
    const { decisions, next } = decideTicks(schedule(month), at(1), now, idle, 10)
    expect(decisions.at(-1)).toMatchObject({ outcome: 'missed', reason: 'superseded', until: at(40_000, -1) })
    expect(decideTicks(schedule(month), next ?? at(0), now, idle, 10)).toMatchObject({
      decisions: [{ tick: { at: at(40_000) }, outcome: 'fired', until: null }],
      next: at(40_001),
    })
  })

  it('the row that stands for a gap leaves out the tick that is merely late and the one at the edge of the window', () => {
    const late = decideTicks(schedule({ catchUpWindowMs: 31 * 1440 * minute }), at(1), at(500, 5000), idle, 10)
    expect([late.decisions.at(-1)?.until, late.next]).toEqual([at(500, -5001), at(500)])
    const edge = decideTicks(schedule({ catchUp: 'all', catchUpWindowMs: 5 * minute }), at(1), at(500), idle, 10)
    expect([edge.decisions.at(-1)?.until, edge.next]).toEqual([at(495, -1), at(495)])
  })

  it('none: a long gap is one row up to now, however far the window reaches', () => {
    const { decisions, next } = decideTicks(schedule({ catchUp: 'none', catchUpWindowMs: 1e9 }), at(1), at(500, 30_000), idle, 10)
    expect([decisions.at(-1)?.until, next]).toEqual([at(500, 19_999), at(501)])
  })
})

describe('a tick while an earlier run goes on', () => {
  const busy = { running: 1, waiting: 0 }
  const late = at(2, 5000)
  const planned = (overlap: Planned['overlap']) => schedule({ overlap, catchUp: 'all', catchUpWindowMs: 10 * minute })

  it('allow: starts beside it', () => expect(told(planned('allow'), late, busy).ticks.map((each) => each[1])).toEqual(['fired', 'fired']))

  it('skip: is skipped', () =>
    expect(told(planned('skip'), late, busy).ticks).toEqual([
      [1, 'skipped', 'previous_running'],
      [2, 'skipped', 'previous_running'],
    ]))

  it('skip: the first of several at once runs, the others find it running', () =>
    expect(told(planned('skip'), late).ticks.map((each) => each[1])).toEqual(['fired', 'skipped']))

  it('queue: one waits, no more', () =>
    expect(told(planned('queue'), late, busy).ticks).toEqual([
      [1, 'waiting', null],
      [2, 'skipped', 'queue_full'],
    ]))

  it('cancel_previous: takes its place, and of several at once only the last', () => {
    const decided = decideTicks(planned('cancel_previous'), at(1), late, busy, 100)
    expect(decided.cancelsPrevious).toBe(true)
    expect(decided.decisions.map((each) => [each.outcome, each.reason])).toEqual([
      ['skipped', 'superseded'],
      ['fired', null],
    ])
  })
})

it('a tick with jitter is answered when its time has come, under its own name', () => {
  const planned = schedule({ jitterMs: 50_000 })
  const { decisions } = decideTicks(planned, at(1), at(1, 59_999), idle, 100)
  expect(decisions[0]?.tick.at).toEqual(at(1))
  const due = decisions[0]?.tick.dueAt ?? at(0)
  expect(due.getTime()).toBeGreaterThan(at(1).getTime())
  expect(decideTicks(planned, at(1), new Date(due.getTime() - 1), idle, 100)).toMatchObject({ decisions: [], next: at(1) })
})

it('ends with its last tick', () => {
  const when: Planned['when'] = { kind: 'every', everyMs: minute, anchor: start, start: null, end: at(1) }
  expect(decideTicks(schedule({ when }), at(1), at(1), idle, 100).next).toBeNull()
})
