import { admit, type LogLines, maxLogBytes, maxLogLines } from './log-limit.ts'

const lines = (count: number, text = 'x'): LogLines =>
  Array.from({ length: count }, () => ({ at: '2026-01-01T00:00:00.000Z', stream: 'stdout', text }))
const none = { lines: 0, bytes: 0 }

it('keeps lines and counts them', () => {
  expect(admit({ lines: 5, bytes: 50 }, lines(2, 'äb'))).toEqual({ kept: lines(2, 'äb'), after: { lines: 7, bytes: 56 } })
})

it('keeps just as many as there is room for, then says so once and keeps no more', () => {
  const first = admit({ lines: maxLogLines - 2, bytes: 0 }, lines(2))
  expect([first.kept.length, first.after.lines]).toEqual([2, maxLogLines])
  const second = admit(first.after, lines(3))
  expect(second.kept).toEqual([
    { at: '2026-01-01T00:00:00.000Z', stream: 'system', text: expect.stringContaining('Further lines are not kept') },
  ])
  expect(admit(second.after, lines(3))).toEqual({ kept: [], after: second.after })
})

it('goes by bytes too', () => {
  const { kept, after } = admit(none, lines(3, 'x'.repeat(maxLogBytes / 2)))
  expect(kept.map((line) => line.stream)).toEqual(['stdout', 'stdout', 'system'])
  expect(admit(after, lines(1)).kept).toEqual([])
})
