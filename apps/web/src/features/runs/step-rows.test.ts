import { makeStep } from '../../test/fixtures.ts'
import { barOf, isKept, spanOf, stepRows, ticksOf } from './step-rows.ts'

const at = Date.parse('2026-11-20T12:00:00.000Z')
const head = makeStep({ id: 'stp_each', key: 'each' })
const items = [2, 0, 1].map((itemIndex) => makeStep({ id: `stp_${itemIndex}`, key: 'each', itemIndex }))

it('shows the items of a step below it only while it is open, in their order', () => {
  const steps = [head, ...items, makeStep({ id: 'stp_after', key: 'after' })]
  expect(stepRows(steps, new Set()).map(({ step }) => step.id)).toEqual(['stp_each', 'stp_after'])
  expect(stepRows(steps, new Set(['each'])).map(({ step }) => step.id)).toEqual(['stp_each', 'stp_0', 'stp_1', 'stp_2', 'stp_after'])
})

it('keeps the time in the queue apart from the time at work', () => {
  const span = { from: at, to: at + 1000 }
  expect(barOf(makeStep(), span, at)).toEqual({ queuedFrom: 0.1, startFrom: 0.3, to: 1 })
  expect(barOf(makeStep({ queuedAt: null, startedAt: null, endedAt: null }), span, at)).toBeNull()
})

it('lets the bar of a running step grow with the clock', () => {
  const running = makeStep({ status: 'in_progress', endedAt: null })
  expect(barOf(running, { from: at, to: at + 1000 }, at + 600)?.to).toBe(0.6)
})

it('spans a finished run to its end and a running one to now', () => {
  const createdAt = '2026-11-20T12:00:00.000Z'
  expect(spanOf({ createdAt, endedAt: '2026-11-20T12:00:05.000Z' }, [], 0)).toEqual({ from: at, to: at + 5000 })
  expect(spanOf({ createdAt, endedAt: null }, [], at + 700)).toEqual({ from: at, to: at + 700 })
})

it('marks the axis at round times', () => {
  expect(ticksOf({ from: 0, to: 8300 }).map(({ ms }) => ms)).toEqual([0, 5000])
  expect(ticksOf({ from: 0, to: 40_000 }).map(({ ms }) => ms)).toEqual([0, 10_000, 20_000, 30_000, 40_000])
  expect(ticksOf({ from: 0, to: 1_150_000 }).map(({ ms }) => ms / 60_000)).toEqual([0, 5, 10, 15])
})

it('knows a result that was kept from an earlier run by its end before this one began', () => {
  expect(isKept({ createdAt: '2026-11-20T12:05:00.000Z' }, makeStep())).toBe(true)
  expect(isKept({ createdAt: '2026-11-20T12:00:00.000Z' }, makeStep())).toBe(false)
  expect(isKept({ createdAt: '2026-11-20T12:05:00.000Z' }, makeStep({ endedAt: null }))).toBe(false)
})
