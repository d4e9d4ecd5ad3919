import { previewFires } from './preview.policy.ts'
import { nextAfter, type When } from './when.policy.ts'

const cron = (pattern: string, timezone: string): When => ({ kind: 'cron', cron: pattern, timezone, start: null, end: null })
const preview = (pattern: string, timezone: string, from: string, count = 3) =>
  previewFires(cron(pattern, timezone), timezone, new Date(from), count).fires.map(({ localTime, note }) => [localTime, note?.slice(0, 22)])

describe('a preview', () => {
  it('names the day on which the clocks skip the planned time', () => {
    expect(preview('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z')).toEqual([
      ['2026-03-28T02:30:00+01:00', undefined],
      ['2026-03-29T03:00:00+02:00', 'The clocks skip the pl'],
      ['2026-03-30T02:30:00+02:00', undefined],
    ])
  })

  it('names the day on which the planned time comes twice, and fires the first time', () => {
    expect(preview('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      ['2026-10-25T02:30:00+02:00', 'This local time comes '],
      ['2026-10-26T02:30:00+01:00', undefined],
    ])
  })

  it('has nothing to say of a pace, which goes on in elapsed time', () => {
    expect(preview('*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:29:59Z', 4)).toEqual([
      ['2026-10-25T02:30:00+02:00', undefined],
      ['2026-10-25T02:00:00+01:00', undefined],
      ['2026-10-25T02:30:00+01:00', undefined],
      ['2026-10-25T03:00:00+01:00', undefined],
    ])
  })

  it('knows @daily for the local time that it is, also where midnight is skipped', () => {
    expect(preview('@daily', 'America/Havana', '2026-03-07T12:00:00Z', 2)).toEqual([
      ['2026-03-08T01:00:00-04:00', 'The clocks skip the pl'],
      ['2026-03-09T00:00:00-04:00', undefined],
    ])
  })

  it('fires at the next day where the clocks skip the last hour of one', () => {
    expect(preview('30 23 * * SAT', 'America/Nuuk', '2025-03-29T12:00:00Z', 1)).toEqual([
      ['2025-03-30T00:00:00-01:00', 'The clocks skip the pl'],
    ])
  })
})

describe('the bounds of a schedule', () => {
  const bounded = (when: When): When => ({ ...when, start: new Date('2026-01-10T00:00:00Z'), end: new Date('2026-01-11T00:00:00Z') })

  it('begin with a tick at the start itself and end with one at the end', () => {
    const when = bounded(cron('0 0 * * *', 'UTC'))
    const first = nextAfter(when, new Date(0))
    const second = first && nextAfter(when, first)
    expect([first?.toISOString(), second?.toISOString(), second && nextAfter(when, second)]).toEqual([
      '2026-01-10T00:00:00.000Z',
      '2026-01-11T00:00:00.000Z',
      null,
    ])
  })

  it('let an interval count from the start', () => {
    const every: When = { kind: 'every', everyMs: 3_600_000, anchor: new Date('2026-01-10T00:00:00Z'), start: null, end: null }
    expect(nextAfter(every, new Date('2026-01-01T12:34:56Z'))?.toISOString()).toBe('2026-01-10T01:00:00.000Z')
    const when = bounded(every)
    expect(nextAfter(when, new Date('2026-01-01T12:34:56Z'))?.toISOString()).toBe('2026-01-10T00:00:00.000Z')
    expect(nextAfter(when, new Date('2026-01-10T00:00:00Z'))?.toISOString()).toBe('2026-01-10T01:00:00.000Z')
  })
})
