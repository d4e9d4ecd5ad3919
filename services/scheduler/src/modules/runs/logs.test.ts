import type { AddressInfo } from 'node:net'
import type { Exchange, LeasedStep, LogBatch, LogLine, LogPage } from '@orrery/shared-types'
import { ask } from '@orrery/testing'
import { startScheduler } from '../../../test/start-scheduler.ts'

const maxLogLines = 10_000
const worker = 'wkr_01h455vb4pex5vsknk084sn02q'
const definition = { steps: { build: { uses: 'noop' }, each: { uses: 'noop', foreach: [1, 2] } } }
type Line = LogBatch['lines'][number]

/** A run whose three steps are with a worker that says what the test tells it to. */
async function start() {
  const s = await startScheduler()
  const run = await s.start(await s.publish(definition))
  const call: Exchange = { worker, results: [], heartbeats: [], logs: [], room: {} }
  const taken: LeasedStep[] = []
  while (taken.length < 3) taken.push(...(await s.engine.exchange({ ...call, room: { default: 10 }, waitMs: 1000 })).steps)
  const step = (key: string, item: number | null = null) => {
    const found = taken.find((each) => each.key === key && each.itemIndex === item)
    if (!found) throw new Error(`no ${key}`)
    return found
  }
  const write = (of: LeasedStep, lines: (string | Partial<Line>)[]) =>
    s.engine.exchange({ ...call, logs: [{ stepId: of.stepId, attempt: of.attempt, lines: lines.map(lineOf) }] })
  const as = ask(s.app, s.owner)
  const read = async (query = ''): Promise<LogPage> => {
    const answer = await as.get(`/api/v1/runs/${run.id}/logs${query}`)
    if (answer.statusCode !== 200) throw new Error(answer.body)
    return answer.json()
  }
  return { ...s, run, as, step, write, read, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() }
}

const lineOf = (line: string | Partial<Line>): Line => ({
  at: '2026-01-02T03:04:05.678Z',
  stream: 'stdout',
  text: '',
  ...(typeof line === 'string' ? { text: line } : line),
})
const texts = (page: { items: LogLine[] }) => page.items.map((line) => line.text)
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `line ${from + i}`)

describe('a log', () => {
  it('is paged forwards and backwards, line by line, also within a piece', async () => {
    await using s = await start()
    for (let i = 0; i < 10; i++) await s.write(s.step('build'), numbers(i * 7, i * 7 + 7))
    const forwards: string[] = []
    for (let page = await s.read('?limit=16'); page.items.length > 0; page = await s.read(`?limit=16&cursor=${page.nextCursor}`))
      forwards.push(...texts(page))
    expect(forwards).toEqual(numbers(0, 70))
    const last = await s.read('?limit=16&before=end')
    expect([texts(last), last.prevCursor]).toEqual([numbers(54, 70), last.items[0]?.cursor])
    const backwards: string[] = []
    for (
      let page: LogPage | undefined = last;
      page;
      page = page.prevCursor ? await s.read(`?limit=16&before=${page.prevCursor}`) : undefined
    )
      backwards.unshift(...texts(page))
    expect(backwards).toEqual(numbers(0, 70))
    expect(new Set((await s.read()).items.map((line) => line.cursor)).size).toBe(70)
  })

  it('gives what came since, from an empty end too, and from a cursor of an older reader', async () => {
    await using s = await start()
    const empty = await s.read()
    expect(empty).toEqual({ items: [], nextCursor: '0', prevCursor: null })
    await s.write(s.step('build'), ['one'])
    const first = await s.read(`?cursor=${empty.nextCursor}`)
    const again = await s.read(`?cursor=${first.nextCursor}`)
    await s.write(s.step('build'), ['two'])
    expect([texts(first), texts(again), texts(await s.read(`?cursor=${again.nextCursor}`))]).toEqual([['one'], [], ['two']])
    expect(texts(await s.read(`?cursor=${first.items[0]?.cursor.split('.')[0]}`))).toEqual(['two'])
  })

  it('is searched over many pieces, without regard to capitals, and counted', async () => {
    await using s = await start()
    for (let i = 0; i < 30; i++)
      await s.write(s.step('build'), [...numbers(i * 10, i * 10 + 9), i % 10 === 3 ? 'An ERROR of 100%' : 'fine'])
    const found = await s.read('?q=error&count=true')
    expect([texts(found), found.total]).toEqual([Array(3).fill('An ERROR of 100%'), 3])
    const one = await s.read('?q=error&limit=1&count=true')
    expect([texts(one), one.total]).toEqual([['An ERROR of 100%'], 3])
    expect(texts(await s.read(`?q=error&cursor=${one.nextCursor}`))).toHaveLength(2)
    expect(texts(await s.read('?q=error&limit=2&before=end'))).toHaveLength(2)
    // nothing in it is a pattern
    expect([
      (await s.read('?q=100%25')).items.length,
      (await s.read('?q=1_0')).items.length,
      (await s.read('?q=e%25r')).items.length,
    ]).toEqual([3, 0, 0])
    // a reader that follows a search does not look through the same again
    const end = await s.read('?q=nothing')
    await s.write(s.step('build'), ['nothing at last'])
    expect(texts(await s.read(`?q=nothing&cursor=${end.nextCursor}`))).toEqual(['nothing at last'])
  })

  it('is narrowed to a step, an item, an attempt, a stream', async () => {
    await using s = await start()
    await s.write(s.step('build'), ['built', { text: 'warned', stream: 'stderr' }])
    await s.write(s.step('each', 0), ['first'])
    await s.write(s.step('each', 1), ['second', { text: 'oh', stream: 'stderr' }])
    const of = async (query: string) => texts(await s.read(query))
    expect(await of('?step=build')).toEqual(['built', 'warned'])
    expect(await of('?step=each')).toEqual(['first', 'second', 'oh'])
    expect(await of('?step=each&itemIndex=1')).toEqual(['second', 'oh'])
    expect(await of('?itemIndex=0')).toEqual(['first'])
    expect(await of('?stream=stderr')).toEqual(['warned', 'oh'])
    expect(await of('?attempt=2')).toEqual([])
    expect(await of(`?stepId=${s.step('each', 1).stepId}&stream=stdout`)).toEqual(['second'])
    expect(await of('?stepId=stp_01h455vb4pex5vsknk084s0001')).toEqual([])
    const { items } = await s.read()
    expect(items.map((line) => [line.stepKey, line.itemIndex])).toEqual([
      ['build', null],
      ['build', null],
      ['each', 0],
      ['each', 1],
      ['each', 1],
    ])
  })

  it.each([
    'cursor=x',
    'before=1.x',
    'cursor=1&before=2',
    'step=nowhere',
    'stream=loud',
    'q=',
    'limit=0',
    'limit=2001',
    'attempt=0',
    'itemIndex=-1',
  ])('422 refuses ?%s', async (query) => {
    await using s = await start()
    expect((await s.as.get(`/api/v1/runs/${s.run.id}/logs?${query}`)).statusCode).toBe(422)
  })

  it('404 hides it from people of other projects, as text too, and 401 from nobody in particular', async () => {
    await using s = await start()
    const paths = [`/api/v1/runs/${s.run.id}/logs`, `/api/v1/runs/${s.run.id}/logs/download`]
    const stranger = ask(s.app, await s.it.make.user())
    const nobody = ask(s.app, null)
    const statuses = (as: typeof nobody) => Promise.all(paths.map(async (path) => (await as.get(path)).statusCode))
    expect([await statuses(stranger), await statuses(nobody)]).toEqual([
      [404, 404],
      [401, 401],
    ])
  })
})

describe('a log as a file', () => {
  it('has a line for each, with time, step and stream, and no line breaks within', async () => {
    await using s = await start()
    await s.write(s.step('build'), ['built', { text: 'oh\r\nno', stream: 'stderr' }])
    await s.write(s.step('each', 1), ['second'])
    const answer = await s.as.get(`/api/v1/runs/${s.run.id}/logs/download`)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${s.run.id}.log"`,
    })
    expect(answer.body).toBe(
      '2026-01-02T03:04:05.678Z build stdout built\n2026-01-02T03:04:05.678Z build stderr oh⏎no\n2026-01-02T03:04:05.678Z each[1] stdout second\n',
    )
    expect((await s.as.get(`/api/v1/runs/${s.run.id}/logs/download?step=each`)).body).toBe(
      '2026-01-02T03:04:05.678Z each[1] stdout second\n',
    )
    expect((await s.as.get(`/api/v1/runs/${s.run.id}/logs/download?q=nothing`)).body).toBe('')
    expect((await s.as.get(`/api/v1/runs/${s.run.id}/logs/download?step=nowhere`)).statusCode).toBe(422)
  })

  it('comes in pieces, so that a large one is never whole in memory', async () => {
    await using s = await start()
    for (let i = 0; i < 9; i++) await s.write(s.step('build'), numbers(i * 1000, i * 1000 + 1000))
    await s.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = s.app.server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/runs/${s.run.id}/logs/download`, {
      headers: { authorization: `Bearer ${s.owner.token}`, connection: 'close', 'accept-encoding': 'identity' },
    })
    expect([response.headers.get('transfer-encoding'), response.headers.get('content-length')]).toEqual(['chunked', null])
    const text = await response.text()
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' stdout ')[1]),
    ).toEqual(numbers(0, 9000))
  })
})

describe('the limit of a log', () => {
  it('holds for whoever writes, over many calls, and says so once', async () => {
    await using s = await start()
    for (let i = 0; i < 12; i++) await s.write(s.step('build'), numbers(i * 1000, i * 1000 + 1000))
    await s.write(s.step('each', 0), ['another step has its own'])
    const total = async (query: string) => (await s.read(`?limit=1&count=true&${query}`)).total
    expect(await total('step=build')).toBe(maxLogLines + 1)
    const [line] = (await s.read('?limit=1&before=end&step=build')).items
    expect(line).toMatchObject({ stream: 'system', text: 'Further lines are not kept: an attempt may write 10000 lines and 16 MB' })
    expect(await total('step=each')).toBe(1)
    const said = (await s.it.published('step.logged')).map((event) => event['lines'] as number)
    expect(said.reduce((a, b) => a + b)).toBe(maxLogLines + 2)
  })

  it('holds for several pieces of one call, by bytes too', async () => {
    await using s = await start()
    const step = s.step('build')
    const big = Array.from({ length: 1000 }, () => lineOf('x'.repeat(16_000)))
    const logs = [big, big.slice(0, 100), big.slice(0, 100)].map((lines) => ({ stepId: step.stepId, attempt: 1, lines }))
    await s.engine.exchange({ worker, results: [], heartbeats: [], logs, room: {} })
    expect((await s.read('?limit=1&count=true')).total).toBe(Math.floor((16 * 1024 * 1024) / 16_000) + 1)
  })
})
