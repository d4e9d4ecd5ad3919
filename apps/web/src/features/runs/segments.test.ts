import { makeStep } from '../../test/fixtures.ts'
import { placeSegments, type Segment, segmentsByStep, segmentWord } from './segments.ts'

const start = Date.parse('2026-11-20T12:00:00.000Z')
const span = { from: start, to: start + 1000 }
const at = (ms: number) => new Date(start + ms).toISOString()
const step = makeStep()
const make = (from: number, to: number | null, change: Partial<Segment> = {}): Segment => ({
  stepId: step.id,
  key: 'fetch',
  itemIndex: null,
  kind: 'attempt',
  attempt: 1,
  startedAt: at(from),
  endedAt: to === null ? null : at(to),
  error: null,
  childRunId: null,
  ...change,
})
const error = { code: 'exit_code', message: 'It ended with 1' }

it('gives every attempt its own segment, the failed ones marked', () => {
  const segments = [make(0, 100, { kind: 'queue', attempt: 0 }), make(100, 200, { error }), make(500, 1000, { attempt: 2 })]
  expect(placeSegments(segments, step, span, start).map(({ from, to, look }) => [from, to, look])).toEqual([
    [0, 0.1, 'queue'],
    [0.1, 0.2, 'failed'],
    [0.5, 1, 'done'],
  ])
})

it('leaves out a queue that took no time', () => {
  expect(placeSegments([make(100, 100, { kind: 'queue' }), make(100, 300)], step, span, start)).toHaveLength(1)
})

it('lets a segment grow while it lasts, and no longer than its step', () => {
  const running = makeStep({ status: 'in_progress', endedAt: null })
  expect(placeSegments([make(100, null)], running, span, start + 600)[0]).toMatchObject({ to: 0.6, look: 'in_progress' })
  expect(placeSegments([make(100, null)], { ...step, endedAt: at(400) }, span, start + 600)[0]).toMatchObject({ to: 0.4 })
})

it('takes the time of a child run as a wait', () => {
  const segment = make(0, 900, { childRunId: 'run_01kab2c3d4e5f6g7h8j9k0mn07' })
  expect(placeSegments([segment], step, span, start)[0]?.look).toBe('wait')
  expect(segmentWord(segment)).toBe('Child run')
})

it('takes the pause after a failed attempt as a wait', () => {
  const pause = make(200, 500, { kind: 'backoff', attempt: 2 })
  expect(placeSegments([make(100, 200, { error }), pause, make(500, 1000, { attempt: 2 })], step, span, start)[1]).toMatchObject({
    from: 0.2,
    to: 0.5,
    look: 'wait',
  })
  expect(segmentWord(pause)).toBe('Pause before the next attempt')
})

it('keeps the segments of one step together', () => {
  expect(segmentsByStep([make(0, 1), make(1, 2)]).get(step.id)).toHaveLength(2)
})
