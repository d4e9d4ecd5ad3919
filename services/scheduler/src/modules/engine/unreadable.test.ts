import { newId, uuidOf } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { eventually } from '@orrery/testing'
import { startScheduler, type TestScheduler, work } from '../../../test/start-scheduler.ts'

/** Makes a published version into one that no engine can read, as one of a later release may be. */
const spoil = (s: TestScheduler, workflow: { id: string }) =>
  s.it.admin.query(
    `update scheduler.workflow_versions set definition = '{"steps":{"a":{"uses":"unheard-of","with":1}}}' where workflow_id = $1`,
    [uuidOf('workflow', workflow.id)],
  )

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
})
