import { duration, moment, relative, roundDuration } from './format.ts'

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [1200, '1.20 s'],
    [59_940, '59.9 s'],
    [185_000, '3 m 05 s'],
    [8_040_000, '2 h 14 m'],
    [273_600_000, '3 d 4 h'],
  ])('writes %d ms as %s', (ms, text) => expect(duration(ms)).toBe(text))
})

it.each([
  [5000, '5 s'],
  [1500, '1.50 s'],
  [60_000, '1 m'],
  [90_000, '1 m 30 s'],
  [7_200_000, '2 h'],
  [86_400_000, '1 d'],
])('writes a chosen length of %d ms as %s', (ms, text) => expect(roundDuration(ms)).toBe(text))

it('says now for what is less than a second away', () => {
  expect(relative(1000, 1500)).toBe('now')
  expect(relative(0, 12_000)).toBe('12 seconds ago')
})

it.each([
  [59_600, 'in 1 minute'],
  [-3_500_000, '58 minutes ago'],
  [3_600_000 * 23, 'in 23 hours'],
  [-86_400_000 * 40, '1 month ago'],
])('puts %d ms into words', (ms, text) => expect(relative(ms, 0)).toBe(text))

it('leaves out of a moment what the day makes plain', () => {
  const now = new Date(2026, 10, 20, 15).getTime()
  expect(moment(new Date(2026, 10, 20, 14, 2, 11).getTime(), now)).toBe('14:02:11')
  expect(moment(new Date(2026, 10, 3, 14, 2).getTime(), now)).toBe('3 Nov 14:02')
  expect(moment(new Date(2025, 10, 3, 14, 2).getTime(), now)).toBe('3 Nov 2025 14:02')
})
