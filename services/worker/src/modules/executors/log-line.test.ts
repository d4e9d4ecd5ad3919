import { logLine } from './log-line.ts'

describe('a line of a log', () => {
  it('is kept as it is up to what the exchange takes', () => {
    const text = 'x'.repeat(16_384)
    expect(logLine(text)).toBe(text)
  })

  it('says how much of it was cut, fits then, and is not cut again', () => {
    const cut = logLine('x'.repeat(1_000_000))
    expect(cut).toBe(`${'x'.repeat(16_000)}… (984000 more characters were cut)`)
    expect(logLine(cut)).toBe(cut)
  })
})
