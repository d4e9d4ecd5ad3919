import { duration, relative } from './format.ts'

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

it('says now for what is less than a second away', () => {
  expect(relative(1000, 1500)).toBe('now')
  expect(relative(0, 12_000)).toBe('12 seconds ago')
})
