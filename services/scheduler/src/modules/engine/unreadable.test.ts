import { newId, uuidOf } from '@orrery/core'
import type { Id, Run } from '@orrery/shared-types'
import { ask, eventually } from '@orrery/testing'
import { startScheduler, type TestScheduler, work } from '../../../test/start-scheduler.ts'

/** Makes a published version into one that no engine can read, as one of a later release may be. */
const spoil = (s: TestScheduler, workflow: { id: string }, definition: unknown = { steps: { a: { uses: 'unheard-of', with: 1 } } }) =>
  s.it.admin.query('update scheduler.workflow_versions set definition = $2 where workflow_id = $1', [
    uuidOf('workflow', workflow.id),
    JSON.stringify(definition),
  ])

const idsOf = (runs: ({ id: Id<'run'> } | undefined)[]) => runs.map((run) => run && uuidOf('run', run.id))

describe('a published workflow that cannot be read any more', () => {
  it('keeps its own runs where they are and holds up no other', async () => {
    await using s = await startScheduler()
    const waiting = { steps: { a: { uses: 'wait', with: { duration: '2s' } }, b: { uses: 'noop' } } }
    const [bad, badWait, good, goodWait] = await Promise.all([
      s.publish({ steps: { a: { uses: 'noop' } } }),
      s.publish(waiting),
      s.publish({ steps: { a: { uses: 'noop' } } }),
      s.publish(waiting),
    ])
    // the bad ones come first in every list
    const lost = [await s.start(bad), await s.start(good)]
    const silent = { worker: newId('worker'), results: [], heartbeats: [], logs: [], room: { default: 2 }, waitMs: 2000 }
    expect((await s.engine.exchange(silent)).steps.map((step) => step.runId).sort()).toEqual(lost.map((run) => run.id).sort())
    const stuck = [lost[0], await s.start(bad), await s.start(badWait)]
    const runs = [lost[1], await s.start(good), await s.start(goodWait)]
    await Promise.all([spoil(s, bad), spoil(s, badWait)])
    // whoever has read a version keeps it: another engine takes over
    await s.app.close()
    await s.it.admin.query('update scheduler.live_steps set lease_until = now() where state = 1')
    const { engine } = await s.open()
    const worker = s.it.use(work(engine, () => ({ output: 1 })))
    const outcomes = async () => (await s.it.admin.query('select outcome from scheduler.runs where id = any($1)', [idsOf(runs)])).rows
    await eventually('the good ones to end', async () => (await outcomes()).every((row) => row.outcome === 'success'), 20_000)
    expect(new Set(worker.ran.map((step) => step.runId))).toEqual(new Set(runs.map((run) => run?.id)))
    const left = await s.it.admin.query('select count(*)::int as n from scheduler.run_state where run_id = any($1)', [idsOf(stuck)])
    expect(left.rows).toEqual([{ n: 3 }])
  })

  it('lets go of what a worker says of its runs, and takes what it says of others', async () => {
    await using s = await startScheduler()
    const [bad, good] = [await s.publish({ steps: { a: { uses: 'noop' } } }), await s.publish({ steps: { a: { uses: 'noop' } } })]
    const runs = [await s.start(bad), await s.start(good)]
    const call = { worker: newId('worker'), results: [], heartbeats: [], logs: [], room: {} }
    const { steps } = await s.engine.exchange({ ...call, room: { default: 2 }, waitMs: 2000 })
    await spoil(s, bad)
    await s.app.close()
    const { engine } = await s.open()
    const lines = [{ at: new Date().toISOString(), stream: 'stdout' as const, text: 'hello' }]
    const logs = steps.map(({ stepId, attempt }) => ({ stepId, attempt, lines }))
    await engine.exchange({ ...call, logs })
    await engine.exchange({ ...call, logs, results: steps.map(({ stepId, attempt }) => ({ stepId, attempt, output: 1 })) })
    const { rows } = await s.it.admin.query('select id, outcome from scheduler.runs order by id')
    expect(rows).toEqual(idsOf(runs).map((id, i) => ({ id, outcome: i === 0 ? null : 'success' })))
    const held = await s.it.admin.query('select run_id, state from scheduler.live_steps')
    expect(held.rows).toEqual([{ run_id: idsOf(runs)[0], state: 1 }])
  })

  it('shows its runs, says why they stand still, and lets them be ended with their children', async () => {
    await using s = await startScheduler()
    const wait = { uses: 'wait', with: { signal: 'go' } }
    const child = await s.publish({ steps: { gate: wait } })
    const parent = await s.publish({
      concurrency: { key: 'one' },
      steps: {
        call: { uses: 'workflow', with: { workflow: child.slug } },
        each: { uses: 'wait', with: { signal: 'go' }, foreach: [1, 2] },
      },
    })
    const timed = await s.publish({ timeout: '3s', steps: { gate: wait } })
    const runs = [await s.start(parent), await s.start(timed), await s.start(parent)]
    const [held, late, next] = runs.map((run) => run.id) as [Id<'run'>, Id<'run'>, Id<'run'>]
    await eventually(
      'the child',
      async () => (await s.it.admin.query('select from scheduler.runs where parent_run_id is not null')).rowCount,
    )
    await spoil(s, child, 'steps: [')
    await spoil(s, parent, { steps: { call: { uses: 'later' }, each: { uses: 'later', foreach: [] } } })
    await spoil(s, timed, { steps: 7, finally: { last: null } })
    await s.app.close()
    const { app } = await s.open()
    const api = ask(app, s.owner)
    const read = async (id: string) => (await api.get(`/api/v1/runs/${id}`)).json() as Run
    const seen = await read(held)
    expect(seen.steps.map(({ key, itemIndex, uses }) => [key, itemIndex, uses])).toEqual([
      ['call', null, 'later'],
      ['each', null, 'later'],
      ['each', 0, 'later'],
      ['each', 1, 'later'],
    ])
    for (const part of ['timeline', 'logs']) expect((await api.get(`/api/v1/runs/${held}/${part}`)).statusCode).toBe(200)
    expect((await api.get(`/api/v1/runs/${held}/why`)).json()).toMatchObject({
      sentence: expect.stringMatching(
        /^Version 1 of the workflow can't be run: There is no later; .* \(\/steps\/call\/uses\)\. The run stays where it is\.$/,
      ),
      action: 'Start the release of Orrery that published this version, or cancel the run.',
    })
    expect((await api.post(`/api/v1/runs/${held}/signals/go`)).json()).toMatchObject({ code: 'workflow_invalid' })
    for (const id of [held, next]) expect((await api.post(`/api/v1/runs/${id}/cancel`)).json()).toMatchObject({ outcome: 'cancelled' })
    await eventually('all runs to be over', async () => (await s.it.admin.query('select from scheduler.run_state')).rowCount === 0, 10_000)
    expect((await read(late)).outcome).toBe('timeout')
    const children = await s.it.admin.query('select outcome from scheduler.runs where parent_run_id is not null')
    expect(children.rows).toEqual([{ outcome: 'cancelled' }])
    const left = await s.it.admin.query('select run_id from scheduler.live_steps union all select run_id from scheduler.slots')
    expect(left.rowCount).toBe(0)
  })
})
