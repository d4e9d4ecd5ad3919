import { newId } from '@orrery/core'
import type { Run } from '@orrery/shared-types'
import { ask, eventually } from '@orrery/testing'
import { failure, startScheduler } from '../../../test/start-scheduler.ts'

const steps = (run: Run) =>
  Object.fromEntries(
    run.steps.map((step) => [
      step.itemIndex === null ? step.key : `${step.key}[${step.itemIndex}]`,
      step.skipped ? 'skipped' : step.status,
    ]),
  )
const noop = (output: unknown, more: object = {}) => ({ uses: 'noop', with: { output }, ...more })

describe('a run', () => {
  it('goes through a chain, hands outputs on and gives the outputs of the workflow', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const run = await s.run(
      {
        inputs: { n: { type: 'integer', required: true } },
        steps: {
          a: noop('${{ inputs.n + 1 }}'),
          b: noop({ twice: '${{ steps.a.output * 2 }}', text: 'got ${{ steps.a.output }}' }, { needs: 'a' }),
        },
        outputs: { result: '${{ steps.b.output }}' },
      },
      { n: 20 },
    )
    expect([run.status, run.outcome, run.output]).toEqual(['done', 'success', { result: { twice: 42, text: 'got 21' } }])
    expect(steps(run)).toEqual({ a: 'done', b: 'done' })
    expect(run.steps.every((step) => step.attempt === 1 && step.startedAt && step.endedAt)).toBe(true)
  })

  it('fans out over a list within its window and joins the outputs in order', async () => {
    await using s = await startScheduler()
    let open = 0
    let most = 0
    s.work(async (step) => {
      if (step.itemIndex === null) return {}
      most = Math.max(most, ++open)
      await new Promise((resolve) => setImmediate(resolve))
      open -= 1
      return {}
    })
    const run = await s.run({
      steps: {
        each: { uses: 'noop', foreach: Array.from({ length: 30 }, (_, i) => i), concurrency: 4, with: { output: '${{ item * 10 }}' } },
        sum: noop('${{ steps.each.output.filter(x, x > 100).size() }}', { needs: 'each' }),
      },
      outputs: { all: '${{ steps.each.output }}' },
    })
    expect(run.output).toEqual({ all: Array.from({ length: 30 }, (_, i) => i * 10) })
    expect(run.steps.find((step) => step.key === 'sum')?.output).toBe(19)
    expect(run.steps.find((step) => step.key === 'each' && step.itemIndex === null)?.output).toHaveLength(30)
    expect(most).toBeLessThanOrEqual(4)
  })

  it('passes over what its condition refuses, and joins where another branch went', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const run = await s.run({
      steps: {
        pick: noop('left'),
        left: noop(1, { needs: 'pick', if: "${{ steps.pick.output == 'left' }}" }),
        right: noop(2, { needs: 'pick', if: "steps.pick.output == 'right'" }),
        after: noop(3, { needs: 'right' }),
        join: noop(4, { needs: ['left', 'right'] }),
      },
    })
    expect([run.outcome, steps(run)]).toEqual(['success', { pick: 'done', left: 'done', right: 'skipped', after: 'skipped', join: 'done' }])
  })

  it('fails with the first error, runs on-failure and finally, and passes over what needed the failed step', async () => {
    await using s = await startScheduler()
    s.work((step) => (step.key === 'bad' ? failure('boom') : {}))
    const run = await s.run({
      steps: { bad: noop(1), other: noop(2), after: noop(3, { needs: ['bad', 'other'] }) },
      'on-failure': { tell: noop('told') },
      finally: { clean: noop('${{ steps.bad.status }}') },
    })
    expect([run.status, run.outcome, run.error]).toEqual([
      'failed',
      'failed',
      { code: 'boom', message: 'failed with boom', stepKey: 'bad' },
    ])
    expect(steps(run)).toEqual({ bad: 'failed', other: 'done', after: 'skipped', tell: 'done', clean: 'done' })
    expect(run.steps.at(-1)?.output).toBe('failed')
  })

  it('passes over on-failure when nothing failed', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const run = await s.run({ steps: { a: noop(1) }, 'on-failure': { tell: noop(2) }, finally: { clean: noop(3) } })
    expect([run.outcome, steps(run)]).toEqual(['success', { a: 'done', tell: 'skipped', clean: 'done' }])
  })

  it('goes on after a failed step that may fail', async () => {
    await using s = await startScheduler()
    s.work((step) => (step.key === 'bad' ? failure('boom') : {}))
    const run = await s.run({
      steps: { bad: noop(1, { 'continue-on-error': true }), next: noop('${{ steps.bad.output == null }}', { needs: 'bad' }) },
    })
    expect([run.outcome, steps(run), run.steps[1]?.output]).toEqual(['success', { bad: 'failed', next: 'done' }, true])
  })

  it('tries again as often as it may, and not for an error that is said to be final', async () => {
    await using s = await startScheduler()
    const worker = s.work((step) =>
      step.key === 'flaky' && step.attempt < 3 ? failure('busy', true) : step.key === 'final' ? failure('gone', true) : {},
    )
    const retry = { attempts: 3, initial: '10ms', jitter: false, 'non-retryable': ['gone'] }
    const run = await s.run({ steps: { flaky: noop('ok', { retry }), final: noop(1, { retry }) } })
    expect(worker.ran.map((step) => `${step.key}/${step.attempt}`).sort()).toEqual(['final/1', 'flaky/1', 'flaky/2', 'flaky/3'])
    expect(run.steps.map((step) => [step.key, step.status, step.attempt])).toEqual([
      ['flaky', 'done', 3],
      ['final', 'failed', 1],
    ])
  })

  it('opens no further item after one failed, and says how many did', async () => {
    await using s = await startScheduler()
    s.work((step) => (step.itemIndex === 1 ? failure('boom') : {}))
    const run = await s.run({ steps: { each: { uses: 'noop', foreach: [0, 1, 2, 3, 4, 5], concurrency: 1 } } })
    expect([run.outcome, run.error?.code]).toEqual(['failed', 'boom'])
    expect(steps(run)).toMatchObject({
      each: 'failed',
      'each[0]': 'done',
      'each[1]': 'failed',
      'each[2]': 'canceled',
      'each[5]': 'canceled',
    })
    expect(run.steps[0]?.error).toEqual({ code: 'items_failed', message: '1 of 6 items failed' })
  })

  it('takes an empty list as done, and refuses what is no list', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const run = await s.run({
      steps: {
        none: { uses: 'noop', foreach: [] },
        after: noop('${{ size(steps.none.output) }}', { needs: 'none' }),
        odd: { uses: 'noop', foreach: '${{ 1 + 1 }}' },
      },
    })
    expect(run.steps.find((step) => step.key === 'after')?.output).toBe(0)
    expect(run.error).toMatchObject({ code: 'expression_failed', stepKey: 'odd' })
  })

  it('calls a workflow as a step, hands its output on, and fails with it', async () => {
    await using s = await startScheduler()
    s.work((step) => (step.key === 'bad' ? failure('boom') : {}))
    await s.publish(
      { inputs: { n: { type: 'integer' } }, steps: { a: noop('${{ inputs.n * 2 }}') }, outputs: { n: '${{ steps.a.output }}' } },
      'child',
    )
    await s.publish({ steps: { bad: noop(1) } }, 'broken')
    const call = (workflow: string, more: object = {}) => ({ uses: 'workflow', with: { workflow, ...more } })
    const good = await s.run({
      steps: {
        all: { ...call('child', { input: { n: '${{ item }}' } }), foreach: [1, 2, 3], concurrency: 2 },
        sum: noop('${{ steps.all.output.map(r, r.n) }}', { needs: 'all' }),
      },
    })
    expect(good.steps.at(-1)?.output).toEqual([2, 4, 6])
    const bad = await s.run({ steps: { call: call('broken') } })
    expect([bad.outcome, bad.error?.code]).toEqual(['failed', 'child_failed'])
    const missing = await s.run({ steps: { call: call('nowhere') } })
    expect(missing.error?.code).toBe('workflow_not_found')
  })

  it('ends as timeout when it takes too long, and takes its steps back', async () => {
    await using s = await startScheduler()
    const run = await s.run({ timeout: '50ms', steps: { never: noop(1) } })
    expect([run.status, run.outcome, run.error?.code, steps(run)]).toEqual(['failed', 'timeout', 'run_timeout', { never: 'canceled' }])
  })

  it('says each change once, in order, and leaves one audit entry', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const run = await s.run({ steps: { a: noop(1), b: noop(2, { needs: 'a' }) } })
    expect((await s.it.published('run.status_changed')).map((event) => [event['from'], event['to']])).toEqual([
      ['queued', 'in_progress'],
      ['in_progress', 'done'],
    ])
    expect((await s.it.published('step.status_changed')).map((event) => [event['key'], event['to']])).toEqual([
      ['a', 'in_progress'],
      ['a', 'done'],
      ['b', 'in_progress'],
      ['b', 'done'],
    ])
    expect(await s.it.published('execution.completed')).toMatchObject([{ outcome: 'success' }])
    expect(await s.it.audited('run.create')).toMatchObject([{ entity_id: run.id, actor_id: s.owner.id }])
  })

  it('makes one run of many requests with one key, and gives all the same answer', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish({ steps: { a: noop(1) } })
    const as = ask(s.app, s.owner, { 'idempotency-key': 'once' })
    const answers = await Promise.all(Array.from({ length: 10 }, () => as.post('/api/v1/runs', { workflowId: workflow.id })))
    expect(new Set(answers.map((answer) => `${answer.statusCode} ${answer.json().id}`)).size).toBe(1)
    expect(await s.it.published('run.created')).toHaveLength(1)
    expect((await as.post('/api/v1/runs', { workflowId: workflow.id, input: {} })).statusCode).toBe(409)
  })

  it('does once what is asked for again with the same key, and tells how the run is by then', async () => {
    await using s = await startScheduler()
    const gate = { uses: 'wait', with: { signal: 'go' } }
    const workflow = await s.publish({ steps: { ask: { uses: 'approval', with: { title: 'x' } } }, finally: { gate } })
    const [run, other] = await Promise.all([s.start(workflow), s.start(workflow)])
    const asked = await eventually('two questions', async () => {
      const { items } = (await ask(s.app, s.owner).get(`/api/v1/approvals?projectId=${s.projectId}`)).json()
      return items.length === 2 && items
    })
    const as = ask(s.app, s.owner, { 'idempotency-key': 'once' })
    const { id } = asked.find((each: { runId: string }) => each.runId === run.id)
    const all = (post: () => Promise<{ statusCode: number }>) => Promise.all(Array.from({ length: 4 }, post))
    const approved = await all(() => as.post(`/api/v1/approvals/${id}/approve`, {}))
    expect(approved.map((each) => each.statusCode)).toEqual([200, 200, 200, 200])
    expect((await as.post(`/api/v1/approvals/${id}/approve`, { comment: 'or not' })).json().code).toBe('idempotency_key_reused')
    // of the other run it is another request: nothing is answered in its place
    expect((await as.post(`/api/v1/runs/${other.id}/cancel`)).statusCode).toBe(200)
    expect((await as.post(`/api/v1/runs/${run.id}/cancel`)).json().code).toBe('idempotency_key_reused')
    const canceling = ask(s.app, s.owner, { 'idempotency-key': 'twice' })
    await eventually('the last step', async () => (await s.read(run.id)).steps[1]?.status === 'blocked')
    const canceled = await all(() => canceling.post(`/api/v1/runs/${run.id}/cancel`))
    expect(canceled.map((each) => each.statusCode)).toEqual([200, 200, 200, 200])
    // a second cancellation would have ended it
    expect((await s.read(run.id)).endedAt).toBeNull()
    for (const payload of [1, 1, 2])
      await ask(s.app, s.owner, { 'idempotency-key': 'go' }).post(`/api/v1/runs/${run.id}/signals/go`, { payload })
    const ended = await s.ended(run.id)
    expect([ended.outcome, ended.steps[1]?.output]).toEqual(['cancelled', 1])
    const again = await canceling.post(`/api/v1/runs/${run.id}/cancel`)
    expect([again.statusCode, again.headers['idempotency-replayed'], again.json().outcome]).toEqual([200, 'true', 'cancelled'])
    expect(await s.it.audited('run.cancel')).toHaveLength(2)
    expect(await s.it.audited('run.signal')).toHaveLength(1)
  })
})

describe('what a program put out', () => {
  it('is kept with what no database can keep shown as a question mark, and holds nobody else up', async () => {
    await using s = await startScheduler()
    s.work((step) =>
      step.key === 'bad'
        ? { error: { code: 'boom', message: 'a\0b\ud800', retryable: false } }
        : { output: { 'k\0': ['a\0b', 'c\ud800', '😀'] } },
    )
    const run = await s.run({
      steps: {
        odd: noop(1),
        bad: noop(2, { 'continue-on-error': true }),
        read: noop(`\${{ steps.odd.output.size() + size('\\x00') }}`, { needs: ['odd', 'bad'] }),
      },
    })
    const [odd, bad] = run.steps
    expect([run.outcome, odd?.output, bad?.error?.message]).toEqual([
      'success',
      { 'k\ufffd': ['a\ufffdb', 'c\ufffd', '😀'] },
      'a\ufffdb\ufffd',
    ])
  })
})

describe('a canceled run', () => {
  it('drops its steps and its children, and its workers are told', async () => {
    await using s = await startScheduler()
    await s.publish({ steps: { slow: noop(1) } }, 'child')
    const parent = await s.start(await s.publish({ steps: { call: { uses: 'workflow', with: { workflow: 'child' } }, own: noop(2) } }))
    const worker = s.it.use({ close: async () => {} }) && 'wkr_01h455vb4pex5vsknk084sn02q'
    const taken = await s.engine.exchange({ worker, results: [], heartbeats: [], logs: [], room: { default: 10 }, waitMs: 1000 })
    expect(taken.steps).toHaveLength(2)
    const answer = await ask(s.app, s.owner).post(`/api/v1/runs/${parent.id}/cancel`)
    expect([answer.statusCode, answer.json().status, answer.json().outcome]).toEqual([200, 'canceled', 'cancelled'])
    await eventually('the child to be canceled', async () => (await s.it.published('execution.completed')).length === 2)
    const heartbeats = taken.steps.map(({ stepId, attempt }) => ({ stepId, attempt }))
    const told = await s.engine.exchange({ worker, results: [], heartbeats, logs: [], room: {} })
    expect(told.cancels).toEqual(heartbeats)
    expect((await ask(s.app, s.owner).post(`/api/v1/runs/${parent.id}/cancel`)).statusCode).toBe(409)
  })

  it('leaves no step behind that failed in the same transaction and was to be tried again', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish({ steps: { a: noop(1, { retry: { attempts: 3, initial: '1ms' } }) } }))
    const call = { worker: newId('worker'), heartbeats: [], logs: [], waitMs: 0 }
    const { steps } = await s.engine.exchange({ ...call, results: [], room: { default: 1 } })
    const results = steps.map(({ stepId, attempt }) => ({ stepId, attempt, ...failure('again', true) }))
    const by = { actor_kind: 'system', actor_id: 'test', ip: null, request_id: 'test' }
    // what comes in the same turn of the event loop is one transaction's
    await Promise.all([s.engine.exchange({ ...call, results, room: { default: 1 } }), s.engine.cancel(run.id, by)])
    expect((await s.it.admin.query('select ordinal from scheduler.live_steps')).rows).toEqual([])
    const ended = await s.ended(run.id)
    expect([ended.outcome, ended.steps[0]?.status, ended.steps[0]?.attempt]).toEqual(['cancelled', 'canceled', 1])
  })
})

describe('a lease', () => {
  it('that ran out is given to another worker, and the first one can change nothing any more', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish({ steps: { a: noop(1) } }))
    const call = { results: [], heartbeats: [], logs: [], room: { default: 1 }, waitMs: 1000 }
    const [lost] = (await s.engine.exchange({ worker: 'wkr_01h455vb4pex5vsknk084sn02q', ...call })).steps
    await s.it.admin.query(`update scheduler.live_steps set lease_until = now() - interval '1 s'`)
    const second = await eventually(
      'the step to be given again',
      async () => (await s.engine.exchange({ worker: 'wkr_01h455vb4pex5vsknk084sn02r', ...call })).steps[0],
    )
    expect([second.stepId, second.attempt]).toEqual([lost?.stepId, 2])
    const late = { stepId: second.stepId, attempt: 1, output: 'late' }
    await s.engine.exchange({ ...call, worker: 'wkr_01h455vb4pex5vsknk084sn02q', results: [late], room: {} })
    expect((await s.read(run.id)).status).toBe('in_progress')
    await s.engine.exchange({
      ...call,
      worker: 'wkr_01h455vb4pex5vsknk084sn02r',
      results: [{ stepId: second.stepId, attempt: 2, output: 'right' }],
      room: {},
    })
    expect((await s.ended(run.id)).steps[0]).toMatchObject({ status: 'done', output: 'right', attempt: 2 })
  })

  it('is given for each pool by itself: asking in vain for one does not hide the work of another', async () => {
    await using s = await startScheduler()
    const code = { uses: 'node', with: { code: 'return 1' } }
    await s.start(await s.publish({ steps: { a: code, b: code, c: code } }))
    const ask = (room: Record<string, number>) =>
      s.engine.exchange({ worker: 'wkr_01h455vb4pex5vsknk084sn02q', results: [], heartbeats: [], logs: [], room, waitMs: 0 })
    const first = await ask({ code: 2 })
    const none = await ask({ default: 5 })
    const rest = await ask({ code: 5 })
    expect([first, none, rest].map((answer) => answer.steps.length)).toEqual([2, 0, 1])
  })

  it('lost three times fails the step', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish({ steps: { a: noop(1) } }))
    for (let i = 0; i < 3; i++) {
      await eventually('a lease', async () => {
        const { steps } = await s.engine.exchange({
          worker: 'wkr_01h455vb4pex5vsknk084sn02q',
          results: [],
          heartbeats: [],
          logs: [],
          room: { default: 1 },
          waitMs: 100,
        })
        return steps.length > 0
      })
      await s.it.admin.query(`update scheduler.live_steps set lease_until = now() - interval '1 s'`)
    }
    expect((await s.ended(run.id)).error).toMatchObject({ code: 'worker_lost', stepKey: 'a' })
  })
})

describe('log lines', () => {
  it('are kept in order, found by cursor, and refused from a spent attempt', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish({ steps: { a: noop(1) } }))
    const worker = 'wkr_01h455vb4pex5vsknk084sn02q'
    const [step] = (await s.engine.exchange({ worker, results: [], heartbeats: [], logs: [], room: { default: 1 }, waitMs: 1000 })).steps
    if (!step) throw new Error('no step')
    const lines = (...texts: string[]) => texts.map((text) => ({ at: new Date(0).toISOString(), stream: 'stdout' as const, text }))
    const send = (attempt: number, ...texts: string[]) =>
      s.engine.exchange({ worker, results: [], heartbeats: [], logs: [{ stepId: step.stepId, attempt, lines: lines(...texts) }], room: {} })
    await send(1, 'one', 'two')
    await send(2, 'from nowhere')
    const first = (await ask(s.app, s.owner).get(`/api/v1/runs/${run.id}/logs`)).json()
    await send(1, 'three')
    const rest = (await ask(s.app, s.owner).get(`/api/v1/runs/${run.id}/logs?cursor=${first.nextCursor}`)).json()
    expect([first.items.map((line: { text: string }) => line.text), rest.items.map((line: { text: string }) => line.text)]).toEqual([
      ['one', 'two'],
      ['three'],
    ])
    expect(rest.items[0]).toMatchObject({ stepKey: 'a', itemIndex: null, attempt: 1, stepId: step.stepId })
    expect(await s.it.published('step.logged')).toMatchObject([{ lines: 2 }, { lines: 1 }])
  })
})
