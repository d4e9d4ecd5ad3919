import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '@orrery/core'
import type { Id, LeasedStep, Run } from '@orrery/shared-types'
import { ask } from '@orrery/testing'
import { failure, startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'

const races = 120
const timeoutMs = 1500
const worker = newId('worker')
const silent = { worker, results: [], heartbeats: [], logs: [], room: {} }

/** Takes the step of each run. */
async function takeAll(s: TestScheduler): Promise<LeasedStep[]> {
  const taken: LeasedStep[] = []
  while (taken.length < races) taken.push(...(await s.engine.exchange({ ...silent, room: { default: races }, waitMs: 500 })).steps)
  return taken
}

/** Some time around the end of the run's: its end, its failure, its cancellation and its timeout come as chance has it. */
const sometime = () => pause(timeoutMs - 700 + Math.random() * 1200)

async function race(s: TestScheduler, run: Run, step: LeasedStep): Promise<{ id: Id<'run'>; canceled: number }> {
  const end = Math.random() < 0.5 ? { output: 1 } : failure('boom')
  const report = async () => {
    await sometime()
    // said again, as a worker does whose answer was lost
    for (let i = 0; i < 2; i++) await s.engine.exchange({ ...silent, results: [{ stepId: step.stepId, attempt: step.attempt, ...end }] })
  }
  const cancel = async () => {
    await sometime()
    return (await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/cancel`)).statusCode
  }
  const [, canceled] = await Promise.all([report(), cancel()])
  return { id: run.id, canceled }
}

it('a run that ends, fails, is canceled and times out at once has one end, and keeps it', async () => {
  await using s = await startScheduler()
  const workflow = await s.publish({ timeout: timeoutMs, steps: { a: { uses: 'noop' } } })
  const runs = await Promise.all(Array.from({ length: races }, () => s.start(workflow)))
  const steps = await takeAll(s)
  const raced = await Promise.all(runs.map((run, i) => race(s, run, steps[i] as LeasedStep)))
  const ends = await Promise.all(runs.map((run) => s.ended(run.id)))

  const outcomes = new Map(ends.map((run) => [run.id, run.outcome]))
  for (const { id, canceled } of raced) expect([id, canceled]).toEqual([id, outcomes.get(id) === 'cancelled' ? 200 : 409])
  // all four of them win sometimes
  expect([...new Set(outcomes.values())].sort()).toEqual(['cancelled', 'failed', 'success', 'timeout'])

  const said = await s.it.published('run.status_changed')
  const final = said.filter((event) => ['done', 'failed', 'canceled'].includes(String(event['to'])))
  expect(final.map((event) => event['outcome']).sort()).toEqual([...outcomes.values()].sort())
  expect(await s.it.published('execution.completed')).toHaveLength(races)
  // nothing of them lives on, and no timer that comes late changes an end
  await pause(1000)
  expect((await s.it.admin.query('select 1 from scheduler.live_steps union all select 1 from scheduler.run_state')).rows).toEqual([])
  expect(await Promise.all(runs.map((run) => s.read(run.id)))).toEqual(ends)
})
