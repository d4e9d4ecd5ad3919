import { newId } from '@orrery/core'
import { ask, eventually } from '@orrery/testing'
import { failure, startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'

const noop = (output: unknown, more: object = {}) => ({ uses: 'noop', with: { output }, ...more })
const gate = { uses: 'wait', with: { signal: 'go' } }
const until = (s: TestScheduler, id: string, status: string) =>
  eventually(`${id} to be ${status}`, async () => (await s.read(id)).status === status)
const cancel = (s: TestScheduler, id: string) => ask(s.app, s.owner).post(`/api/v1/runs/${id}/cancel`)
const states = async (s: TestScheduler, id: string) =>
  Object.fromEntries(
    (await s.read(id)).steps.filter((step) => step.itemIndex === null).map((step) => [step.key, step.skipped ? 'skipped' : step.status]),
  )

describe('a run that is stopped', () => {
  const definition = {
    steps: { first: noop(1), gate: { ...gate, needs: 'first' }, each: { ...noop(1), foreach: [1, 2], needs: 'gate' } },
    'on-failure': { tell: noop('told') },
    finally: { clean: noop('${{ steps.first.output }}'), last: noop(2, { needs: 'clean' }) },
  }

  it('runs its final steps when it is canceled, and ends canceled', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const run = await s.start(await s.publish(definition))
    await until(s, run.id, 'blocked')
    expect((await cancel(s, run.id)).statusCode).toBe(200)
    const ended = await s.ended(run.id)
    expect([ended.status, ended.outcome, ended.error]).toEqual(['canceled', 'cancelled', null])
    expect(await states(s, run.id)).toEqual({
      first: 'done',
      gate: 'canceled',
      each: 'canceled',
      tell: 'canceled',
      clean: 'done',
      last: 'done',
    })
    expect(ended.steps.find((step) => step.key === 'clean')?.output).toBe(1)
    expect((await cancel(s, run.id)).statusCode).toBe(409)
    expect((await s.it.admin.query('select 1 from scheduler.live_steps union all select 1 from scheduler.run_state')).rows).toEqual([])
  })

  it('runs what follows a failure, and then its final steps, when its time is up', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const ended = await s.run({ ...definition, timeout: '500ms' })
    expect([ended.status, ended.outcome, ended.error?.code]).toEqual(['failed', 'timeout', 'run_timeout'])
    expect(await states(s, ended.id)).toMatchObject({ gate: 'canceled', tell: 'done', clean: 'done', last: 'done' })
  })

  it('ends as it was to end though a final step fails, and at once when it is canceled again', async () => {
    await using s = await startScheduler()
    s.work((step) => (step.key === 'clean' ? failure('boom') : {}))
    const failing = await s.start(await s.publish(definition))
    await until(s, failing.id, 'blocked')
    await cancel(s, failing.id)
    expect((await s.ended(failing.id)).outcome).toBe('cancelled')
    const hanging = await s.start(
      await s.publish({ steps: { first: noop(1), gate: { ...gate, needs: 'first' } }, finally: { hang: gate } }),
    )
    await until(s, hanging.id, 'blocked')
    await cancel(s, hanging.id)
    await eventually('the final step to wait', async () => (await states(s, hanging.id))['hang'] === 'blocked')
    const why = (await ask(s.app, s.owner).get(`/api/v1/runs/${hanging.id}/why`)).json()
    expect(why.sentence).toMatch(/^The run was canceled and runs what follows even then\. Step hang waits for the signal go/)
    expect((await cancel(s, hanging.id)).statusCode).toBe(200)
    expect(await s.ended(hanging.id)).toMatchObject({ outcome: 'cancelled', status: 'canceled' })
  })

  it('that had begun nothing runs nothing', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish(definition))
    await cancel(s, run.id)
    expect(await s.ended(run.id)).toMatchObject({ outcome: 'cancelled' })
    expect(new Set(Object.values(await states(s, run.id)))).toEqual(new Set(['canceled']))
  })

  it('leaves no child behind that it began in the transaction of its cancellation', async () => {
    await using s = await startScheduler()
    const child = await s.publish({ steps: { gate } })
    const call = { uses: 'workflow', needs: 'first', with: { workflow: child.slug } }
    const run = await s.start(await s.publish({ steps: { first: noop(1), call } }))
    const silent = { worker: newId('worker'), heartbeats: [], logs: [], waitMs: 0 }
    const { steps } = await s.engine.exchange({ ...silent, results: [], room: { default: 1 } })
    const results = steps.map(({ stepId, attempt }) => ({ stepId, attempt, output: 1 }))
    const by = { actor_kind: 'system', actor_id: 'test', ip: null, request_id: 'test' }
    // what comes in the same turn of the event loop is one transaction's
    await Promise.all([s.engine.exchange({ ...silent, results, room: {} }), s.engine.cancel(run.id, by)])
    const outcomes = async () => (await s.it.admin.query('select outcome from scheduler.runs')).rows.map((row) => row.outcome)
    await eventually('both to be canceled', async () => (await outcomes()).join() === 'cancelled,cancelled')
  })

  it('ends its child once, though it is canceled twice in one transaction', async () => {
    await using s = await startScheduler()
    const child = await s.publish({ steps: { gate } })
    const call = { uses: 'workflow', with: { workflow: child.slug } }
    const run = await s.start(await s.publish({ steps: { call }, finally: { hang: gate } }))
    await eventually(
      'the child to wait',
      async () => (await s.it.admin.query('select 1 from scheduler.run_state where waits = 1')).rows.length === 1,
    )
    const by = { actor_kind: 'user', actor_id: 'test', ip: null, request_id: 'test' }
    expect(await Promise.all([s.engine.cancel(run.id, by), s.engine.cancel(run.id, by)])).toEqual([true, true])
    await eventually('both to end', async () => (await s.it.admin.query('select 1 from scheduler.run_state')).rows.length === 0)
    expect((await s.it.published('execution.completed')).map((event) => event['outcome'])).toEqual(['cancelled', 'cancelled'])
    expect((await s.it.admin.query('select 1 from scheduler.timers')).rows).toEqual([])
  })

  it('is let finish what it runs last when its time is up meanwhile', async () => {
    await using s = await startScheduler()
    const slow = { uses: 'wait', with: { duration: '1s' } }
    const run = await s.start(await s.publish({ timeout: '500ms', steps: { gate }, finally: { slow } }))
    await until(s, run.id, 'blocked')
    await cancel(s, run.id)
    expect((await s.ended(run.id)).outcome).toBe('cancelled')
    expect(await states(s, run.id)).toEqual({ gate: 'canceled', slow: 'done' })
  })

  it('goes on with what runs last when it is canceled then for the first time, and its time bounds its steps alone', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const slow = { uses: 'wait', with: { duration: '1s' } }
    const definition = { timeout: '700ms', steps: { first: noop(1) }, finally: { slow, clean: noop(2, { needs: 'slow' }) } }
    const workflow = await s.publish(definition)
    const [left, canceled, insisted] = await Promise.all([s.start(workflow), s.start(workflow), s.start(workflow)])
    for (const { id } of [canceled, insisted]) {
      await until(s, id, 'blocked')
      expect((await cancel(s, id)).statusCode).toBe(200)
    }
    expect((await cancel(s, insisted.id)).statusCode).toBe(200)
    const ends = await Promise.all([left, canceled, insisted].map((run) => s.ended(run.id)))
    expect(ends.map((run) => run.outcome)).toEqual(['success', 'cancelled', 'cancelled'])
    const done = { first: 'done', slow: 'done', clean: 'done' }
    expect(await Promise.all([left, canceled, insisted].map((run) => states(s, run.id)))).toEqual([
      done,
      done,
      { first: 'done', slow: 'canceled', clean: 'canceled' },
    ])
  })

  it('lets its child run what follows, and ends it at once only when somebody insists', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const child = await s.publish({ steps: { first: noop(1), gate: { ...gate, needs: 'first' } }, finally: { hang: gate } })
    const run = await s.start(
      await s.publish({ steps: { call: { uses: 'workflow', with: { workflow: child.slug } } }, finally: { hang: gate } }),
    )
    const hanging = async () =>
      (await s.it.admin.query(`select run_id from scheduler.run_state where ending is not null and waits = 1`)).rows.length
    await eventually(
      'the child to wait',
      async () => (await s.it.admin.query('select 1 from scheduler.run_state where waits = 1')).rows.length === 1,
    )
    await cancel(s, run.id)
    await eventually('both to run their last steps', async () => (await hanging()) === 2)
    // as a timeout of the step would do
    await s.it.admin.query(
      `insert into scheduler.timers (at, kind, run_id) select now(), 'cancel', run_id from scheduler.run_state where parent_run_id is not null`,
    )
    await eventually('the call to be heard', async () => (await s.it.admin.query('select 1 from scheduler.timers')).rows.length === 0)
    expect(await hanging()).toBe(2)
    await cancel(s, run.id)
    await eventually('both to end', async () => (await s.it.admin.query('select 1 from scheduler.run_state')).rows.length === 0)
  })
})
