import { newId } from '@orrery/core'
import type { AttemptResult, LeasedStep } from '@orrery/shared-types'
import { ask, eventually } from '@orrery/testing'
import { ownWorker, startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'
import type { Engine } from '../../app.ts'

const noop = (more: object = {}) => ({ steps: { a: { uses: 'noop', ...more } } })
const gpu = { steps: { a: { uses: 'queue:gpu', with: { model: 'x', prompt: '${{ inputs.prompt }}' } } }, inputs: { prompt: {} } }
const set = (s: TestScheduler, name: string, body: object) => ask(s.app, s.owner).patch(`/api/v1/queues/${name}`, body)
const queue = async (s: TestScheduler, name: string) => {
  const { items } = (await ask(s.app, s.owner).get(`/api/v1/queues?projectId=${s.projectId}`)).json()
  return (items as { name: string }[]).find((each) => each.name === name)
}
const why = async (s: TestScheduler, id: string) => (await ask(s.app, s.owner).get(`/api/v1/runs/${id}/why`)).json()

/** A worker that keeps each step until it is told to let it go, and counts the most that it held at once. */
function holder(s: TestScheduler, engine: Engine = s.engine) {
  const worker = newId('worker')
  const held: LeasedStep[] = []
  const results: AttemptResult[] = []
  const seen = { most: 0, total: 0 }
  let open = true
  const loop = async () => {
    while (open) {
      const call = { worker, results: results.splice(0), heartbeats: [], logs: [], room: { default: 20, code: 20 }, waitMs: 20 }
      const { steps } = await engine.exchange(call)
      held.push(...steps)
      seen.total += steps.length
      seen.most = Math.max(seen.most, held.length)
    }
  }
  const running = loop()
  s.it.use({
    async close() {
      open = false
      await running.catch(() => undefined)
    },
  })
  const letGo = () => {
    const step = held.shift()
    if (step) results.push({ stepId: step.stepId, attempt: step.attempt, output: null })
  }
  return { seen, held: () => held.length, letGo }
}

describe('a handler in a worker of the project', () => {
  it('gets its step with the input, by the public call and a key alone, and its result moves the run on', async () => {
    await using s = await startScheduler()
    const worker = ownWorker(s)
    const run = await s.start(await s.publish(gpu), { prompt: 'hi' })
    const [step] = await worker.take('gpu')
    expect(step).toMatchObject({ runId: run.id, uses: 'queue:gpu', attempt: 1, input: { model: 'x', prompt: 'hi' } })
    await worker.done(step as LeasedStep, { answer: 42 })
    expect((await s.ended(run.id)).steps[0]).toMatchObject({ status: 'done', output: { answer: 42 } })
  })

  it('is said to be silent, since when, and when another one gets its step', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish(gpu), { prompt: 'hi' })
    await ownWorker(s).take('gpu')
    expect(await why(s, run.id)).toMatchObject({ sentence: expect.stringMatching(/^Step a runs since \S+, attempt 1\.$/), action: null })
    await s.it.admin.query(`update scheduler.live_steps set lease_until = lease_until - interval '20 s'`)
    expect(await why(s, run.id)).toMatchObject({
      sentence: expect.stringMatching(
        /^Step a runs since \S+, attempt 1, but its worker has said nothing since \S+Z; at \S+Z the step goes to another one\.$/,
      ),
      action: 'Wait until then, or see whether a worker for queue:gpu still runs.',
    })
  })

  it('is unseen by the workers of another project, whose words about its step change nothing', async () => {
    await using s = await startScheduler()
    const stranger = await s.it.make.user()
    const theirs = await s.it.make.project(stranger)
    const run = await s.start(await s.publish(gpu), { prompt: 'hi' })
    const [step] = await ownWorker(s).take('gpu')
    const { stepId = 'stp_x', attempt = 1 } = step ?? {}
    const answer = await ask(s.app, stranger).post('/api/v1/exchange', {
      projectId: theirs,
      worker: newId('worker'),
      results: [{ stepId, attempt, output: 'forged' }],
      heartbeats: [{ stepId, attempt }],
      logs: [{ stepId, attempt, lines: [{ at: new Date().toISOString(), stream: 'stdout', text: 'forged' }] }],
      room: { gpu: 5 },
    })
    expect(answer.json()).toEqual({ steps: [], cancels: [{ stepId, attempt }] })
    expect((await s.read(run.id)).steps[0]?.status).toBe('in_progress')
    expect((await ask(s.app, s.owner).get(`/api/v1/runs/${run.id}/logs`)).json().items).toEqual([])
  })

  it('cannot end a step of the installation’s own workers', async () => {
    await using s = await startScheduler()
    const { held } = holder(s)
    const run = await s.start(await s.publish(noop()))
    await eventually('the step to begin', () => held() === 1)
    const { id = 'stp_x' } = (await s.read(run.id)).steps[0] ?? {}
    await ownWorker(s).call({ results: [{ stepId: id, attempt: 1, output: 'forged' }] })
    expect((await s.read(run.id)).steps[0]?.status).toBe('in_progress')
  })

  it('is held up by none of its results: what is too long is cut, and what can’t be kept fails its own attempt', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish({ steps: { a: { uses: 'queue:gpu', foreach: [0, 1, 2, 3, 4, 5], 'continue-on-error': true } } })
    const run = await s.start(workflow)
    const post = (body: object | string) => ask(s.app, s.owner).post('/api/v1/exchange', body)
    const silent = { projectId: s.projectId, worker: newId('worker'), results: [], heartbeats: [], logs: [], room: {} }
    const { steps } = (await post({ ...silent, room: { gpu: 9 } })).json()
    const [deep, proto, long, odd, good, huge] = [0, 1, 2, 3, 4, 5].map((item) => {
      const { stepId, attempt } = steps.find((step: { itemIndex: number }) => step.itemIndex === item)
      return { stepId, attempt }
    })
    const nested = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`)
    const results = [
      { ...deep, output: nested },
      { ...proto, output: 'PROTO' },
      { ...long, error: { code: 23, message: 'x'.repeat(30_000), retryable: false } },
      { ...odd, error: { message: 'no code' } },
      { ...good, output: 'good' },
      { ...good, output: 'said twice' },
      { ...huge, output: 'z'.repeat(1_100_000) },
    ]
    const lines = [{ at: new Date().toISOString(), stream: 'stdout', text: 'y'.repeat(20_000) }]
    const body = JSON.stringify({ ...silent, results, logs: [{ ...good, lines }] }).replace('"PROTO"', '{"__proto__": {"a": 1}, "b": 2}')
    const answer = await s.app.inject({
      method: 'POST',
      url: '/api/v1/exchange',
      headers: { authorization: `Bearer ${s.owner.token}`, 'content-type': 'application/json' },
      body,
    })
    expect([answer.statusCode, answer.json()]).toEqual([200, { steps: [], cancels: [] }])
    const ended = (await s.ended(run.id)).steps.filter((step) => step.itemIndex !== null)
    expect(ended.map(({ status, output, error }) => [status, output, error?.code])).toEqual([
      ['failed', null, 'result_refused'],
      ['done', { b: 2 }, undefined],
      ['failed', null, '23'],
      ['failed', null, 'result_refused'],
      ['done', 'good', undefined],
      ['failed', null, 'result_refused'],
    ])
    expect(ended[0]?.error?.message).toMatch(/can't be kept: \/output.* is nested deeper than 100 levels/)
    expect([ended[2]?.error?.message.length, ended[2]?.error?.message.at(-1)]).toEqual([20_000, '…'])
    const kept = (await ask(s.app, s.owner).get(`/api/v1/runs/${run.id}/logs`)).json().items
    expect([kept.length, kept[0].text.length]).toEqual([1, 16_384])
    expect((await ask(s.app, s.owner).get(`/api/v1/dead-letters?projectId=${s.projectId}`)).json().items).toHaveLength(3)
  })

  it('hears of a cancellation within 2 s though it waits for work meanwhile', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish(gpu), { prompt: 'hi' })
    const worker = newId('worker')
    const call = async (body: object) =>
      (
        await ask(s.app, s.owner).post('/api/v1/exchange', {
          projectId: s.projectId,
          worker,
          results: [],
          heartbeats: [],
          logs: [],
          ...body,
        })
      ).json()
    const [{ stepId, attempt }] = (await call({ room: { gpu: 1 } })).steps
    const heartbeats = [{ stepId, attempt }]
    const waiting = { heartbeats, room: { gpu: 1 }, waitMs: 10_000 }
    const first = call(waiting)
    await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/cancel`)
    const began = Date.now()
    const told = [...(await first).cancels, ...(await call(waiting)).cancels]
    expect(told).toContainEqual(heartbeats[0])
    expect(Date.now() - began).toBeLessThan(5000)
    // one that is full asks for time alone, and is not answered at once to ask again
    const full = Date.now()
    await call({ room: { gpu: 0 }, waitMs: 400 })
    expect(Date.now() - full).toBeGreaterThan(350)
  })

  it('may name its queue with or without the prefix, and no other name than a queue can have', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish(gpu), { prompt: 'hi' })
    const send = (room: object) =>
      ask(s.app, s.owner).post('/api/v1/exchange', {
        projectId: s.projectId,
        worker: newId('worker'),
        results: [],
        heartbeats: [],
        logs: [],
        room,
      })
    expect((await send({ 'queue:gpu': 1 })).json().steps[0].runId).toBe(run.id)
    for (const room of [{ GPU: 1 }, { '': 1 }, { 'a\0': 1 }]) expect((await send(room)).statusCode).toBe(422)
  })

  it('that is not there is named by the run that waits for it', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish(gpu), { prompt: 'hi' })
    expect(await why(s, run.id)).toMatchObject({
      sentence: expect.stringMatching(/^No worker has ever taken from queue:gpu; step a is ready since /),
      action: 'Start a worker for queue:gpu.',
    })
    expect(await queue(s, 'queue:gpu')).toMatchObject({
      ready: 1,
      running: 0,
      workers: 0,
      lastSeenAt: null,
      oldestAgeMs: expect.any(Number),
    })
  })
})

describe('a limit', () => {
  it('of a queue in a project is never passed, however many ask at once, and its places are free with the end of each step', async () => {
    await using s = await startScheduler()
    expect((await set(s, 'default', { projectId: s.projectId, limit: 2 })).json()).toMatchObject({ name: 'default', limit: 2 })
    const second = await s.open()
    const two = [holder(s), holder(s, second.engine)]
    const held = () => two.reduce((sum, each) => sum + each.held(), 0)
    const letGo = () => two.find((each) => each.held() > 0)?.letGo()
    const workflow = await s.publish({
      steps: { list: { uses: 'wait', with: { duration: 1 } }, each: { needs: 'list', uses: 'noop', foreach: [1, 2, 3, 4, 5, 6] } },
    })
    const run = await s.start(workflow)
    await eventually('two to begin', () => held() === 2)
    expect(await why(s, run.id)).toMatchObject({
      reasons: expect.arrayContaining([
        expect.objectContaining({
          sentence: expect.stringMatching(/2 steps of the queue default in this project run, and its limit is 2\.$/),
        }),
      ]),
    })
    expect(await queue(s, 'default')).toMatchObject({ running: 2, ready: 4, limit: 2 })
    let most = 0
    for (let i = 0; i < 6; i++) {
      await eventually('one to hold', () => held() > 0)
      most = Math.max(most, held())
      letGo()
    }
    expect((await s.ended(run.id)).outcome).toBe('success')
    expect(two.reduce((sum, each) => sum + each.seen.total, 0)).toBe(6)
    expect(most).toBe(2)
  })

  it('of a project bounds all its queues together and leaves another project alone', async () => {
    await using s = await startScheduler()
    await set(s, '*', { projectId: s.projectId, limit: 1 })
    const { held, letGo, seen } = holder(s)
    const runs = [
      await s.start(await s.publish(noop())),
      await s.start(await s.publish({ steps: { a: { uses: 'node', with: { code: '1' } } } })),
    ]
    await eventually('one to begin', () => held() === 1)
    const other = await s.it.make.user()
    const theirs = await s.it.make.project(other)
    const made = (await ask(s.app, other).post('/api/v1/workflows', { projectId: theirs, slug: 'w', name: 'w', definition: noop() })).json()
    await ask(s.app, other).post(`/api/v1/workflows/${made.id}/publish`, {})
    await ask(s.app, other).post('/api/v1/runs', { workflowId: made.id })
    await eventually('the other project’s to begin', () => seen.total === 2)
    for (let i = 0; i < 3; i++) {
      await eventually('one to hold', () => held() > 0)
      letGo()
    }
    for (const run of runs) expect((await s.ended(run.id)).outcome).toBe('success')
    expect(seen.most).toBe(2)
  })
})

describe('a paused queue', () => {
  it('gives nothing until it is resumed, and the run that waits says so', async () => {
    await using s = await startScheduler()
    await set(s, 'default', { projectId: s.projectId, paused: true })
    s.work(() => ({}))
    const run = await s.start(await s.publish(noop()))
    expect(await why(s, run.id)).toMatchObject({
      sentence: expect.stringMatching(/^The queue default is paused since 20.*; step a is ready and waits\.$/),
      action: 'Resume the queue default.',
    })
    await set(s, 'default', { projectId: s.projectId, paused: false })
    expect((await s.ended(run.id)).outcome).toBe('success')
    expect(await s.it.published('queue.updated')).toEqual([
      { name: 'default', paused: true, limit: null },
      { name: 'default', paused: false, limit: null },
    ])
  })

  it('403 is not for operators, and what all projects share only for administrators', async () => {
    await using s = await startScheduler()
    const operator = await s.it.make.user()
    await s.it.make.member(s.projectId, operator.id, 'operator')
    expect((await ask(s.app, operator).patch('/api/v1/queues/default', { projectId: s.projectId, paused: true })).statusCode).toBe(403)
    expect((await set(s, 'default', { paused: true })).statusCode).toBe(403)
    expect((await ask(s.app, s.owner).get('/api/v1/queues')).statusCode).toBe(403)
  })

  it('422 says what is missing, and 404 that no queue is called so', async () => {
    await using s = await startScheduler()
    expect((await set(s, 'default', { projectId: s.projectId })).json().errors[0].message).toBe('Say paused, limit, or both')
    expect((await set(s, 'gpu', { projectId: s.projectId, limit: 1 })).statusCode).toBe(404)
  })
})

it('tells an administrator how the queues of BullMQ stand, and puts back or takes out what they hold', async () => {
  await using s = await startScheduler()
  const admin = await s.it.make.user('admin')
  const as = ask(s.app, admin)
  await s.start(await s.publish(noop()))
  const found = await eventually('a bell that rang', async () => {
    const { bells } = (await as.get('/api/v1/queues')).json()
    return bells.find((each: { name: string; waiting: number }) => each.name === 'orrery-runs' && each.waiting === 1)
  })
  expect(found).toMatchObject({ active: 0, failed: 0, oldestAgeMs: expect.any(Number) })
  expect((await as.post('/api/v1/queues/bells/orrery-runs/drain')).json()).toEqual({ count: 1 })
  expect((await as.post('/api/v1/queues/bells/orrery-runs/retry')).json()).toEqual({ count: 0 })
  expect((await as.post('/api/v1/queues/bells/nothing/drain')).statusCode).toBe(404)
})
