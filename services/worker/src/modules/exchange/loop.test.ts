import type { Exchange, ExchangeAnswer, LeasedStep } from '@orrery/shared-types'
import { eventually } from '@orrery/testing'
import type { Executor } from '../executors/index.ts'
import { ExchangeLoop } from './loop.ts'

const stepOf = (ordinal: number, uses: string): LeasedStep => ({
  stepId: `stp_01h455vb4pex5vsknk084s000${ordinal}`,
  runId: 'run_01h455vb4pex5vsknk084s0000',
  projectId: 'prj_01h455vb4pex5vsknk084s0000',
  key: uses,
  itemIndex: null,
  uses,
  attempt: 1,
  input: {},
  timeoutMs: 60_000,
  leaseMs: 30_000,
})

/** A scheduler that says what the test tells it to, and remembers what it was told. */
function talk(executors: Record<string, Executor>) {
  const calls: Exchange[] = []
  let broken = false
  const waiting: { call: Exchange; answer: (answer: ExchangeAnswer) => void; fail: (error: Error) => void }[] = []
  const loop = new ExchangeLoop({
    exchange: (call) => {
      calls.push(call)
      if (broken && (call.results.length > 0 || call.logs.length > 0)) return Promise.reject(new Error('away'))
      if (call.results.length > 0 || call.logs.length > 0 || call.heartbeats.length > 0) return Promise.resolve({ steps: [], cancels: [] })
      return new Promise((answer, fail) => waiting.push({ call, answer, fail }))
    },
    executors: new Map(Object.entries(executors)),
    room: { default: 10, code: 1 },
    poolOf: (uses) => (uses === 'node' ? 'code' : 'default'),
    failed: () => {},
  })
  const asked = (pool: string) =>
    eventually(`a call that asks for ${pool}`, () => waiting.find((each) => Object.keys(each.call.room)[0] === pool))
  const answer = async (pool: string, steps: LeasedStep[]) => {
    const found = await asked(pool)
    waiting.splice(waiting.indexOf(found), 1)
    found.answer({ steps, cancels: [] })
  }
  const results = () => calls.flatMap((call) => call.results)
  const breakIt = (is: boolean) => {
    broken = is
  }
  return { loop, breakIt, calls, waiting, asked, answer, results, [Symbol.asyncDispose]: () => loop.drain(100) }
}

it('asks for each pool by itself, so that a full one holds no other back', async () => {
  let finish = () => {}
  await using t = talk({ node: () => new Promise((resolve) => (finish = () => resolve('slow'))), noop: async () => 'quick' })
  await t.answer('code', [stepOf(1, 'node')])
  await t.answer('default', [stepOf(2, 'noop')])
  await eventually('the quick result', () => t.results().length === 1)
  expect(t.results()).toMatchObject([{ output: 'quick' }])
  finish()
  await eventually('the slow result', () => t.results().length === 2)
  expect((await t.asked('code')).call.room).toEqual({ code: 1 })
})

it('sends log lines with or before the result of their step', async () => {
  await using t = talk({ noop: async (_, { log }) => log('stdout', 'a line') })
  await t.answer('default', [stepOf(1, 'noop')])
  await eventually('the result', () => t.results().length === 1)
  const first = t.calls.findIndex((call) => call.logs.length > 0)
  expect(first).toBeLessThanOrEqual(t.calls.findIndex((call) => call.results.length > 0))
  expect(t.calls[first]?.logs[0]).toMatchObject({ attempt: 1, lines: [{ stream: 'stdout', text: 'a line' }] })
})

it('tells nothing of an attempt that it was told to drop', async () => {
  await using t = talk({
    noop: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  })
  await t.answer('default', [stepOf(1, 'noop')])
  await eventually('the step to run', () => t.loop.load === 1)
  const found = await t.asked('code')
  found.answer({ steps: [], cancels: [{ stepId: stepOf(1, 'noop').stepId, attempt: 1 }] })
  await eventually('the step to be dropped', () => t.loop.load === 0)
  expect(t.results()).toEqual([])
})

it('reports an executor that throws, and one that it does not have', async () => {
  await using t = talk({
    noop: async () => {
      throw new Error('broken')
    },
  })
  await t.answer('default', [stepOf(1, 'noop'), stepOf(2, 'unheard-of')])
  await eventually('both results', () => t.results().length === 2)
  expect(
    t
      .results()
      .map((result) => result.error?.code)
      .sort(),
  ).toEqual(['executor_failed', 'executor_missing'])
})

it('says again what was said in a call that failed, log lines and result', async () => {
  await using t = talk({ noop: async (_, { log }) => log('stdout', 'a line') })
  t.breakIt(true)
  await t.answer('default', [stepOf(1, 'noop')])
  await eventually('a call to fail', () => t.results().length === 1)
  t.breakIt(false)
  await eventually('the result again', () => t.results().length === 2)
  const again = t.calls.filter((call) => call.results.length > 0 || call.logs.length > 0).at(-1)
  expect([again?.results.length, again?.logs[0]?.lines[0]?.text]).toEqual([1, 'a line'])
})
