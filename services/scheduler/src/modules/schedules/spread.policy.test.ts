import fc from 'fast-check'
import { fillSpread, hashOf, hasSpread, jitterOf } from './spread.policy.ts'

describe('H in a pattern', () => {
  it('stands for a value of the schedule: the same each time, another for another schedule, within its field', () => {
    expect(fillSpread('H H * * *', 'a')).toBe(fillSpread('H H * * *', 'a'))
    const made = new Set(Array.from({ length: 300 }, (_, i) => fillSpread('H * * * *', `id-${i}`)))
    expect(made.size).toBeGreaterThan(45)
    for (const pattern of made) expect(Number(pattern.split(' ')[0])).toBeLessThan(60)
  })

  it('keeps to a range and to a step', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const [minute = '', hour] = fillSpread('H(10-19) H/8 * * *', id).split(' ')
        expect(Number(minute)).toBeGreaterThanOrEqual(10)
        expect(Number(minute)).toBeLessThanOrEqual(19)
        expect(hour).toMatch(/^[0-7]-23\/8$/)
      }),
    )
  })

  it('takes a day that every month has, and leaves names alone', () => {
    for (let i = 0; i < 100; i++) expect(Number(fillSpread('0 0 H * *', `${i}`).split(' ')[2])).toBeLessThanOrEqual(28)
    expect(fillSpread('0 0 * MARCH THU', 'x')).toBe('0 0 * MARCH THU')
    expect([hasSpread('0 0 * MAR THU'), hasSpread('@hourly'), hasSpread('H 0 * * *')]).toEqual([false, false, true])
  })
})

describe('jitter', () => {
  it('is the same on every scheduler, less than asked for, and never reaches the tick after it', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 3_600_000 }), (id, at, jitterMs) => {
        const tick = new Date(at)
        const next = new Date(at + 60_000)
        const jitter = jitterOf(id, tick, jitterMs, next)
        expect(jitter).toBe(jitterOf(id, tick, jitterMs, next))
        expect(jitter).toBeLessThan(Math.max(Math.min(jitterMs, 60_000), 1))
      }),
    )
  })

  it('spreads evenly', () => {
    const all = Array.from({ length: 10_000 }, (_, i) => jitterOf(`s${i}`, new Date(0), 1000, null))
    expect(all.reduce((sum, each) => sum + each, 0) / all.length).toBeGreaterThan(470)
    expect(new Set(Array.from({ length: 1000 }, (_, i) => hashOf(`${i}`))).size).toBe(1000)
  })
})
