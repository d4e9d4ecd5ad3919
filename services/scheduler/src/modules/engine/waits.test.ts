import { newId, uuidOf } from '@orrery/core'
import type { Exchange, Run } from '@orrery/shared-types'
import { ask, eventually } from '@orrery/testing'
import { failure, startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'
import { createPlans } from '../workflows/index.ts'
import { inGroup } from './in-group.ts'

const noop = (output: unknown, more: object = {}) => ({ uses: 'noop', with: { output }, ...more })
const until = (s: TestScheduler, id: string, status: string) =>
  eventually(`${id} to be ${status}`, async () => {
    const run = await s.read(id)
    return run.status === status && run
  })
const statuses = (run: Run) =>
  Object.fromEntries(run.steps.filter((step) => step.itemIndex === null).map((step) => [step.key, step.skipped ? 'skipped' : step.status]))

it('gets a signal that comes as it begins, though another run is ended in the same transaction', async () => {
  await using s = await startScheduler()
  const first = { uses: 'wait', with: { duration: '1h' } }
  const go = { uses: 'wait', with: { signal: 'go' } }
  const run = await s.start(await s.publish({ steps: { first, go: { ...go, needs: 'first' } } }))
  const other = await s.start(await s.publish({ steps: { go } }))
  await Promise.all([until(s, run.id, 'blocked'), until(s, other.id, 'blocked')])
  await s.it.admin.query(`insert into scheduler.timers (at, kind, run_id) values (now() + interval '1h', 'cancel', $1)`, [
    uuidOf('run', other.id),
  ])
  const { rows: timers } = await s.it.admin.query('select id::text, kind, run_id, ordinal, payload from scheduler.timers')
  const deps = s.it.deps('scheduler')
  const machinery = { engine: s.engine, plans: createPlans(deps.pool) }
  const by = { actor_kind: 'system', actor_id: 'test', ip: null, request_id: 'test' }
  const rest = { done: () => undefined, fail: () => undefined }
  await inGroup(deps.pipelined, machinery, ({ group }) =>
    group.run(
      [
        { kind: 'timers', timers, ...rest },
        { kind: 'signal', run: uuidOf('run', run.id), name: 'go', payload: 1, by, key: null, ...rest },
      ],
      [],
    ),
  )
  expect((await s.ended(other.id)).outcome).toBe('cancelled')
  const ended = await s.ended(run.id)
  expect([ended.outcome, ended.steps[1]?.output]).toEqual(['success', 1])
})

describe('items of the engine’s own, one after another', () => {
  it('go on though one of them ends in the transaction in which they begin', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const first = { uses: 'wait', with: { duration: '1s' } }
    const each = { foreach: [1, 2, 3], concurrency: 1, needs: 'first' }
    const run = await s.start(await s.publish({ steps: { first, s: { ...each, uses: 'wait', with: { signal: 'go' } } } }))
    for (let i = 0; i < 3; i++) await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/signals/go`, { payload: i })
    const ended = await s.ended(run.id)
    expect([ended.outcome, ended.steps.flatMap((step) => (step.itemIndex === null ? [] : [step.output]))]).toEqual(['success', [0, 1, 2]])
    // the items that are held back hold nothing up that could go on
    const waiting = await s.start(
      await s.publish({ steps: { s: { foreach: [1, 2], concurrency: 1, uses: 'wait', with: { signal: 'go' } } } }),
    )
    expect((await until(s, waiting.id, 'blocked')).blockedReason).toBe('step s waits for the signal go')
    for (let i = 0; i < 2; i++) await ask(s.app, s.owner).post(`/api/v1/runs/${waiting.id}/signals/go`, { payload: i })
    expect((await s.ended(waiting.id)).outcome).toBe('success')
    const bad = { foreach: ['bad', '1ms', 'bad', '1ms'], concurrency: 1, uses: 'wait', with: { duration: '${{ item }}' } }
    const carried = await s.run({ steps: { w: { ...bad, 'continue-on-error': true } } })
    expect([carried.outcome, carried.steps.flatMap((step) => (step.itemIndex === null ? [] : [step.status]))]).toEqual([
      'success',
      ['failed', 'done', 'failed', 'done'],
    ])
    const nowhere = { ...each, uses: 'workflow', with: { workflow: 'nowhere' } }
    const failed = await s.run({ steps: { first: noop(1), c: nowhere }, finally: { f: noop(2) } })
    expect([failed.outcome, failed.steps.flatMap((step) => (step.itemIndex === null ? [] : [step.status]))]).toEqual([
      'failed',
      ['failed', 'canceled', 'canceled'],
    ])
    expect((await s.it.admin.query('select 1 from scheduler.live_steps union all select 1 from scheduler.run_state')).rows).toEqual([])
  })
})

describe('a wait', () => {
  it('blocks the run, says for what, and ends with the payload of its signal', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const run = await s.start(
      await s.publish({
        steps: { gate: { uses: 'wait', with: { signal: 'go' } }, after: noop('${{ steps.gate.output.by }}', { needs: 'gate' }) },
      }),
    )
    const blocked = await until(s, run.id, 'blocked')
    expect([blocked.blockedReason, statuses(blocked)]).toEqual(['step gate waits for the signal go', { gate: 'blocked', after: 'queued' }])
    const why = (await ask(s.app, s.owner).get(`/api/v1/runs/${run.id}/why`)).json()
    expect([why.sentence, why.action]).toEqual([
      expect.stringMatching(/^Step gate waits for the signal go since 20/),
      'Send the signal go, or cancel the run.',
    ])
    expect((await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/signals/go`, { payload: { by: 'ada' } })).statusCode).toBe(200)
    const ended = await s.ended(run.id)
    expect([ended.outcome, ended.blockedReason, ended.steps[1]?.output]).toEqual(['success', null, 'ada'])
    expect((await s.it.published('run.status_changed')).map((event) => event['to'])).toEqual([
      'in_progress',
      'blocked',
      'in_progress',
      'done',
    ])
    expect((await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/signals/go`)).statusCode).toBe(409)
  })

  it('takes a signal that came before it, once', async () => {
    await using s = await startScheduler()
    const run = await s.start(
      await s.publish({
        steps: {
          first: noop(1),
          gate: { uses: 'wait', with: { signal: 'go' }, needs: 'first' },
          again: { uses: 'wait', with: { signal: 'go' }, needs: 'gate' },
        },
      }),
    )
    await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/signals/go`, { payload: 'early' })
    s.work(() => ({}))
    const blocked = await until(s, run.id, 'blocked')
    expect([statuses(blocked), blocked.steps[1]?.output]).toEqual([{ first: 'done', gate: 'done', again: 'blocked' }, 'early'])
  })

  it('takes a signal that comes in the very transaction in which it begins', async () => {
    await using s = await startScheduler()
    const run = await s.start(
      await s.publish({ steps: { first: noop(1), gate: { uses: 'wait', with: { signal: 'go' }, needs: 'first' } } }),
    )
    const call = { worker: newId('worker'), heartbeats: [], logs: [], waitMs: 0 }
    const { steps } = await s.engine.exchange({ ...call, results: [], room: { default: 1 } })
    const results = steps.map(({ stepId, attempt }) => ({ stepId, attempt, output: 1 }))
    const by = { actor_kind: 'system', actor_id: 'test', ip: null, request_id: 'test' }
    // what comes in the same turn of the event loop is one transaction's
    await Promise.all([s.engine.exchange({ ...call, results, room: {} }), s.engine.signal(run.id, 'go', 'now', by)])
    const ended = await s.ended(run.id)
    expect([ended.outcome, ended.steps[1]?.output]).toEqual(['success', 'now'])
    expect((await s.it.admin.query('select name from scheduler.signals')).rows).toEqual([])
  })

  it('that is canceled leaves no signal behind that came for it in vain', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish({ steps: { gate: { uses: 'wait', with: { signal: 'go' } } } }))
    await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/signals/other`)
    const kept = async () => (await s.it.admin.query('select name from scheduler.signals')).rows.map((row) => row.name)
    expect(await kept()).toEqual(['other'])
    await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/cancel`)
    await eventually('the signal to be forgotten', async () => (await kept()).length === 0)
  })

  it('lasts as long as it says, and a signal that does not come in time fails its step', async () => {
    await using s = await startScheduler()
    const run = await s.run({
      steps: { pause: { uses: 'wait', with: { duration: '300ms' } }, gate: { uses: 'wait', with: { signal: 'never' }, timeout: '100ms' } },
    })
    const [pause, gate] = run.steps
    expect(Date.parse(pause?.endedAt ?? '') - Date.parse(pause?.startedAt ?? '')).toBeGreaterThanOrEqual(300)
    expect([pause?.status, gate?.error?.code, run.outcome]).toEqual(['done', 'timeout', 'failed'])
  })
})

describe('a run that is repeated', () => {
  const definition = {
    inputs: { n: { type: 'integer', default: 1 } },
    steps: {
      a: noop('${{ inputs.n }}'),
      each: { uses: 'noop', needs: 'a', foreach: [1, 2, 3], with: { output: '${{ item }}' } },
      b: noop('${{ steps.a.output + steps.each.output.size() }}', { needs: 'each' }),
      c: noop(3, { needs: 'b' }),
    },
    outputs: { b: '${{ steps.b.output }}' },
  }

  it('from its failure keeps what succeeded, runs the rest again, and leaves the old one as it ended', async () => {
    await using s = await startScheduler()
    let broken = true
    const worker = s.work((step) => (step.key === 'b' && broken ? failure('boom') : {}))
    const first = await s.run(definition)
    broken = false
    const ran = worker.ran.length
    const answer = await ask(s.app, s.owner).post(`/api/v1/runs/${first.id}/retry`)
    expect([answer.statusCode, answer.json().originRunId, answer.json().trigger]).toEqual([201, first.id, 'retry'])
    const again = await s.ended(answer.json().id)
    expect([again.outcome, again.output, worker.ran.slice(ran).map((step) => step.key)]).toEqual(['success', { b: 4 }, ['b', 'c']])
    expect(again.steps.find((step) => step.key === 'each')?.output).toEqual([1, 2, 3])
    expect((await s.read(first.id)).outcome).toBe('failed')
    expect((await ask(s.app, s.owner).post(`/api/v1/runs/${again.id}/retry`)).statusCode).toBe(409)
  })

  it('from a failure among items repeats those that did not succeed, within their window', async () => {
    await using s = await startScheduler()
    const broken = new Set([3, 5])
    const worker = s.work((step) => (broken.has(step.itemIndex ?? -1) ? failure('boom') : {}))
    const each = { uses: 'noop', needs: 'list', foreach: '${{ steps.list.output }}', concurrency: 2, with: { output: '${{ item * 10 }}' } }
    const steps = { list: noop([0, 1, 2, 3, 4, 5, 6, 7]), each, sum: noop('${{ steps.each.output }}', { needs: 'each' }) }
    const first = await s.run({ steps })
    expect(first.outcome).toBe('failed')
    const again = async (id: string) => {
      const ran = worker.ran.length
      const run = await s.ended((await ask(s.app, s.owner).post(`/api/v1/runs/${id}/retry`)).json().id)
      return { run, items: worker.ran.slice(ran).map((step) => step.itemIndex ?? step.key) }
    }
    broken.delete(3)
    const second = await again(first.id)
    expect([second.run.outcome, second.items.includes(0), second.items.includes(3)]).toEqual(['failed', false, true])
    broken.clear()
    const third = await again(second.run.id)
    expect([third.run.outcome, third.items.includes(3), third.items.at(-1)]).toEqual(['success', false, 'sum'])
    expect(third.run.steps.at(-1)?.output).toEqual([0, 10, 20, 30, 40, 50, 60, 70])
    expect(third.run.steps.filter((step) => step.key === 'each' && step.itemIndex !== null).map((step) => step.itemIndex)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ])
  })

  it('forks from any step with a changed input, and replays from the beginning', async () => {
    await using s = await startScheduler()
    const worker = s.work(() => ({}))
    const first = await s.run(definition)
    let ran = worker.ran.length
    const forked = await ask(s.app, s.owner).post(`/api/v1/runs/${first.id}/fork`, { fromStep: 'c' })
    await s.ended(forked.json().id)
    expect(worker.ran.slice(ran).map((step) => step.key)).toEqual(['c'])
    ran = worker.ran.length
    const replayed = await ask(s.app, s.owner).post(`/api/v1/runs/${first.id}/replay`, { input: { n: 10 } })
    expect((await s.ended(replayed.json().id)).output).toEqual({ b: 13 })
    expect(worker.ran.length - ran).toBe(6)
    expect((await ask(s.app, s.owner).post(`/api/v1/runs/${first.id}/fork`, { fromStep: 'nowhere' })).statusCode).toBe(422)
    expect((await ask(s.app, s.owner).post(`/api/v1/runs/${first.id}/replay`, { input: { n: 'x' } })).statusCode).toBe(422)
  })
})

describe('fair share', () => {
  it('gives a quiet project its turn while another has a hundred times as much to do', async () => {
    await using s = await startScheduler()
    const quiet = await s.it.make.user()
    const project = await s.it.make.project(quiet)
    const definition = {
      steps: {
        list: noop(Array.from({ length: 500 }, (_, i) => i)),
        each: { uses: 'noop', needs: 'list', foreach: '${{ steps.list.output }}' },
      },
    }
    const order: string[] = []
    const loud = await s.publish(definition)
    for (let i = 0; i < 4; i++) await s.start(loud)
    const made = await ask(s.app, quiet).post('/api/v1/workflows', {
      projectId: project,
      slug: 'quiet',
      name: 'quiet',
      definition: { steps: { a: noop(1) } },
    })
    await ask(s.app, quiet).post(`/api/v1/workflows/${made.json().id}/publish`)
    const call = { worker: 'wkr_01h455vb4pex5vsknk084sn02q' as const, heartbeats: [], logs: [], waitMs: 0 } satisfies Partial<Exchange>
    // the loud one's lists are laid out first
    const lists = await s.engine.exchange({ ...call, results: [], room: { default: 4 } })
    await s.engine.exchange({
      ...call,
      results: lists.steps.map((step) => ({ stepId: step.stepId, attempt: 1, output: (step.input as { output: unknown }).output })),
      room: {},
    })
    for (let i = 0; i < 20; i++) await ask(s.app, quiet).post('/api/v1/runs', { workflowId: made.json().id })
    for (let i = 0; i < 4; i++) {
      const { steps } = await s.engine.exchange({ ...call, results: [], room: { default: 10 } })
      order.push(...steps.map((step) => (step.projectId === project ? 'quiet' : 'loud')))
    }
    expect(order.filter((each) => each === 'quiet')).toHaveLength(20)
    expect(order.filter((each) => each === 'loud')).toHaveLength(20)
  })
})

describe('what is told of a run', () => {
  it('its timeline has each attempt, and two runs are compared step by step', async () => {
    await using s = await startScheduler()
    s.work((step) => (step.key === 'flaky' && step.attempt === 1 ? failure('busy', true) : {}))
    const workflow = await s.publish({
      inputs: { n: { type: 'integer' } },
      steps: {
        flaky: noop('${{ inputs.n }}', { retry: { attempts: 2, initial: '10ms' } }),
        pause: { uses: 'wait', with: { duration: '20ms' } },
      },
    })
    const [left, right] = [await s.ended((await s.start(workflow, { n: 1 })).id), await s.ended((await s.start(workflow, { n: 2 })).id)]
    const timeline = (await ask(s.app, s.owner).get(`/api/v1/runs/${left.id}/timeline`)).json()
    const laidOut = timeline.items.map((item: { key: string; kind: string; attempt: number; error: { code: string } | null }) => [
      item.key,
      item.kind,
      item.attempt,
      item.error?.code ?? null,
    ])
    expect(laidOut.sort()).toEqual(
      [
        ['flaky', 'attempt', 1, 'busy'],
        ['flaky', 'attempt', 2, null],
        ['flaky', 'backoff', 2, null],
        ['flaky', 'queue', 0, null],
        ['pause', 'queue', 0, null],
        ['pause', 'wait', 1, null],
      ].sort(),
    )
    const compared = (await ask(s.app, s.owner).get(`/api/v1/runs/${left.id}/compare?with=${right.id}`)).json()
    expect([
      compared.sameVersion,
      compared.sameInput,
      compared.steps.map((step: { key: string; sameStatus: boolean; sameOutput: boolean }) => [step.key, step.sameStatus, step.sameOutput]),
    ]).toEqual([
      true,
      false,
      [
        ['flaky', true, false],
        ['pause', true, true],
      ],
    ])
  })
})
