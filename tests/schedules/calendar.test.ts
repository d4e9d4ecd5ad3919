import { nextAfter, type When } from '@orrery/scheduler/calendar'
import { firesBetween, Zone } from '../support/calendar.ts'

const [start, end] = [Date.UTC(2020, 0, 1), Date.UTC(2030, 0, 1)]
// else patterns that fire many times a day are compared in the days around each move of the clocks alone
const full = process.env['ORRERY_CALENDAR'] === 'full'

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'America/Havana', // moves its clocks at midnight
  'America/Santiago', // at midnight too, in the south
  'America/Asuncion', // stopped doing so within these years
  'America/Nuuk', // skips the last hour of a day
  'Australia/Sydney',
  'Australia/Lord_Howe', // by half an hour
  'Pacific/Chatham', // 45 minutes off the hour
  'Africa/Casablanca', // back for Ramadan
  'Asia/Beirut',
  'Asia/Kathmandu', // never, and 45 minutes off
]

const localTimes = [
  '30 2 * * *',
  '0 0 * * *',
  '15 0 * * *',
  '59 23 * * *',
  '30 23 * * SAT',
  '0 3 * * sun',
  '0 12 L * *',
  '5 4 * * 1#1',
  '0 9 * * 5L',
  '0 2 29 FEB *',
  '10 1 1-7 * MON',
  '45 0 1 1,4,10 *',
  '30 15 2 * * *',
]
const paces = ['15 */12 * * *', '0 */2 1 * *', '20 * 1-7 3,10 *']
const dense = [
  '0,30 2 * * *',
  '15 */6 * * *',
  '30 1,2,3 * * *',
  '10-50/20 2 * * *',
  '0 8-10 * * MON-FRI',
  '*/10 * * * *',
  '7 * * * *',
  '*/15 1-3 * * *',
  '0-30/10 0,2 * * *',
  '*/20 23 * * *',
]

function* firesOfEngine(cron: string, timezone: string, from: number, to: number): Generator<number> {
  const when: When = { kind: 'cron', cron, timezone, start: null, end: null }
  for (let at = nextAfter(when, new Date(from - 1000)); at && at.getTime() < to; at = nextAfter(when, at)) yield at.getTime()
}

const dayMs = 86_400_000

it('fires over ten years in twelve zones equal those of a calculator that shares no code with the engine', () => {
  const began = Date.now()
  let compared = 0
  const wrong: string[] = []
  const compare = (pattern: string, name: string, zone: Zone, from: number, to: number) => {
    const expected = firesBetween(pattern, zone, from, to)
    const got = [...firesOfEngine(pattern, name, from, to)]
    compared += expected.length
    const i = expected.findIndex((at, n) => at !== got[n])
    if (i >= 0 || got.length !== expected.length) {
      const at = i >= 0 ? i : expected.length
      const show = (time: number | undefined) => (time === undefined ? 'nothing' : new Date(time).toISOString())
      wrong.push(`${pattern} in ${name}: ${show(got[at])} instead of ${show(expected[at])}`)
    }
  }
  for (const name of zones) {
    const zone = new Zone(name, start, end)
    for (const pattern of [...localTimes, ...paces]) compare(pattern, name, zone, start, end)
    const changes = zone.periods.slice(1).map((each) => each.from)
    const windows = full
      ? [[start, end] as const]
      : changes.filter((at) => at > start && at < end).map((at) => [at - dayMs, at + dayMs] as const)
    for (const pattern of dense) for (const [from, to] of windows) compare(pattern, name, zone, from, to)
  }
  console.log(
    `${compared} fires of ${localTimes.length + paces.length + dense.length} patterns in ${zones.length} zones, ${Date.now() - began} ms`,
  )
  expect(wrong).toEqual([])
  expect(compared).toBeGreaterThan(400_000)
}, 600_000)
