import { makeStep, run } from '../../test/fixtures.ts'
import { askAfterMs, awaitedSignals, piecesOf } from './why.ts'

const created = Date.parse(run.createdAt)
const queued = { ...run, status: 'queued' as const, endedAt: null, startedAt: null, steps: [] }

it('asks nothing of a run that has ended or that a worker is at', () => {
  expect(askAfterMs(run, created)).toBeNull()
  const working = { ...queued, status: 'in_progress' as const, steps: [makeStep({ status: 'in_progress', endedAt: null })] }
  expect(askAfterMs(working, created + 60_000)).toBeNull()
})

it('asks at once about a run that is blocked, and after five seconds about one that stands still', () => {
  expect(askAfterMs({ ...queued, status: 'blocked' }, created)).toBe(0)
  expect(askAfterMs(queued, created + 2000)).toBe(3000)
  expect(askAfterMs(queued, created + 9000)).toBe(0)
})

it('never watches longer than five seconds, however wrong the clock', () => {
  expect(askAfterMs(queued, created - 3_600_000)).toBe(5000)
})

it('takes a step that waits for a child run as standing still', () => {
  const steps = [makeStep({ uses: 'workflow', status: 'in_progress', endedAt: null })]
  expect(askAfterMs({ ...queued, status: 'in_progress', steps }, created + 60_000)).toBe(0)
})

it('names each awaited signal once', () => {
  const waiting = (signal: unknown) => makeStep({ status: 'blocked', input: { signal } })
  const steps = [waiting('go'), waiting('go'), waiting('stop'), waiting(7), makeStep({ input: { signal: 'past' } })]
  expect(awaitedSignals(steps)).toEqual(['go', 'stop'])
})

it('sets the times and runs of a sentence apart', () => {
  expect(piecesOf(`Ready since 2026-11-20T12:00:00.000Z, see ${run.id}.`)).toEqual([
    { kind: 'text', text: 'Ready since ' },
    { kind: 'time', text: '2026-11-20T12:00:00.000Z' },
    { kind: 'text', text: ', see ' },
    { kind: 'run', text: run.id },
    { kind: 'text', text: '.' },
  ])
  expect(piecesOf('Nothing.')).toEqual([{ kind: 'text', text: 'Nothing.' }])
})
