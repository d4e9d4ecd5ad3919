import { once } from 'node:events'
import { request } from 'node:http'
import { newId, uuidOf } from '@orrery/core'
import { ownCtx } from '@orrery/service-kit'
import type { AttemptResult } from '@orrery/shared-types'
import { eventually, openTcpProxy } from '@orrery/testing'
import { startScheduler, workerKey } from '../../../test/start-scheduler.ts'
import { compileWorkflow } from '../workflows/index.ts'
import { newRunUuid } from './step-id.ts'

describe('a commit whose answer is lost', () => {
  it('fails what was asked, and is not done again by the engine itself', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish({ steps: { gate: { uses: 'wait', with: { signal: 'go' } } } }))
    const proxy = s.it.use(await openTcpProxy(s.it.databaseUrl('scheduler')))
    const { engine } = await s.open(proxy.url)
    const by = { actor_kind: 'system', actor_id: 'test', ip: null, request_id: 'test' }
    const kept = async () => (await s.it.admin.query('select name from scheduler.signals order by id')).rows.map((row) => row.name)
    // the transaction is held up where all of it has been sent, the commit too
    await using held = await hold(s, 'scheduler.signals')
    const asked = Promise.allSettled(['one', 'two'].map((name) => engine.signal(run.id, name, 1, by)))
    const waits = "wait_event_type = 'Lock' and query like 'copy scheduler.signals%' and datname = current_database()"
    await eventually('it to wait', async () => (await s.it.admin.query(`select 1 from pg_stat_activity where ${waits}`)).rows.length > 0)
    proxy.swallowAnswers()
    await held.release()
    await eventually('both to be committed', async () => (await kept()).length === 2)
    proxy.cut()
    expect((await asked).map((each) => each.status)).toEqual(['rejected', 'rejected'])
    expect(await kept()).toEqual(['one', 'two'])
    // what hangs on a line through which nothing comes is given up after 35 s
  }, 120_000)
})

describe('a change that cannot be written down', () => {
  it('fails alone: nothing of it is kept, and what came with it goes on', async () => {
    await using s = await startScheduler()
    const { plan } = compileWorkflow({ steps: { a: { uses: 'noop' } } })
    const workflow = await s.publish({ steps: { a: { uses: 'noop' } } })
    if (!plan) throw new Error('not valid')
    const by = { actor_kind: 'system', actor_id: 'test', ip: null, request_id: 'test' }
    const make = (input: object) => {
      const id = newRunUuid()
      const of = { projectId: uuidOf('project', s.projectId), workflowId: uuidOf('workflow', workflow.id), version: 1, plan }
      const run = { ...of, id, trigger: 'manual' as const, input: input as never, scheduleId: null, taskId: null, parent: null, by }
      return s.engine.create(run, ownCtx(s.it.deps('scheduler'), 'test'), null).then(() => id)
    }
    const [bad, good] = await Promise.allSettled([make({ n: 1n }), make({ n: 1 })])
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled'])
    const { rows } = await s.it.admin.query('select id from scheduler.runs')
    expect(rows).toEqual([{ id: good.status === 'fulfilled' && good.value }])
  })
})

describe('a result that is lost with the connection', () => {
  it('is neither kept nor refused: the worker says it again', async () => {
    await using s = await startScheduler()
    const run = await s.start(await s.publish({ steps: { a: { uses: 'noop' } } }))
    const worker = newId('worker')
    const call = (results: AttemptResult[]) => ({ worker, results, heartbeats: [], logs: [], room: {} })
    const { steps } = await s.engine.exchange({ ...call([]), room: { default: 1 }, waitMs: 2000 })
    const results = steps.map(({ stepId, attempt }) => ({ stepId, attempt, output: 'kept' }))
    const proxy = s.it.use(await openTcpProxy(s.it.databaseUrl('scheduler')))
    const { engine } = await s.open(proxy.url)
    await using held = await hold(s, 'scheduler.live_steps')
    const said = Promise.allSettled([engine.exchange(call(results))])
    const waits = "wait_event_type = 'Lock' and query like 'delete from scheduler.live_steps%' and datname = current_database()"
    await eventually('it to wait', async () => (await s.it.admin.query(`select 1 from pg_stat_activity where ${waits}`)).rows.length > 0)
    proxy.cut()
    await held.release()
    expect((await said)[0]?.status).toBe('rejected')
    await eventually('it to be said again', () =>
      s.engine.exchange(call(results)).then(
        () => true,
        () => false,
      ),
    )
    const ended = await s.ended(run.id)
    expect([ended.outcome, ended.steps[0]?.output]).toEqual(['success', 'kept'])
  })
})

describe('a worker that hangs up while it waits for work', () => {
  it('gets none: another one gets the step at its first attempt', async () => {
    await using s = await startScheduler()
    const url = new URL(await s.app.listen({ host: '127.0.0.1', port: 0 }))
    const call = (waitMs: number) => ({ worker: newId('worker'), results: [], heartbeats: [], logs: [], room: { default: 5 }, waitMs })
    const asking = request(new URL('/internal/exchange', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${workerKey}`, 'content-type': 'application/json' },
    })
    asking.on('error', () => undefined).end(JSON.stringify(call(10_000)))
    await once(asking, 'finish')
    // it is waiting once it is known to the table of workers
    await eventually('it to wait', async () => (await s.it.admin.query('select 1 from scheduler.workers')).rows.length === 1)
    asking.destroy()
    await eventually('the scheduler to notice', async () => (await openConnections(s.app.server)) === 0)
    await s.start(await s.publish({ steps: { a: { uses: 'noop' } } }))
    const { steps } = await s.engine.exchange(call(2000))
    expect(steps.map((step) => [step.key, step.attempt])).toEqual([['a', 1]])
  })
})

/** Keeps others from writing to a table until it is released, at latest when the test is over. */
async function hold({ it }: Awaited<ReturnType<typeof startScheduler>>, table: string) {
  const holder = await it.admin.connect()
  await holder.query(`begin; lock table ${table} in exclusive mode`)
  let release = async () => {
    release = async () => undefined
    await holder.query('commit')
    holder.release()
  }
  return { release: () => release(), [Symbol.asyncDispose]: () => release() }
}

const openConnections = (server: { getConnections: (done: (error: Error | null, count: number) => void) => unknown }): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))
