import { setTimeout as pause } from 'node:timers/promises'
import { eventually, setting } from '@orrery/testing'
import { Redis } from 'ioredis'
import { type Apart, startApart } from '../support/apart.ts'
import { brokenInvariants } from '../support/invariants.ts'
import { startProcess } from '../support/processes.ts'

const call = (host: string, name: string, ms: number) => ({
  uses: 'http',
  with: { method: 'POST', url: `http://${host}/${name}?ms=${ms}` },
})

/** Three steps that leave a trace outside, one of them a fan, and an output that an oracle knows. */
const witnessed = (host: string, ms: number) => ({
  inputs: { n: { type: 'integer', required: true } },
  steps: {
    first: call(host, 'first', ms),
    each: { ...call(host, 'each-${{ item }}', 0), needs: 'first', foreach: [1, 2, 3] },
    last: { uses: 'noop', needs: 'each', with: { output: '${{ inputs.n * 2 + steps.each.output.size() }}' } },
  },
  outputs: { result: '${{ steps.last.output }}' },
})

/** Starts runs, `atOnce` at a time, and answers with their ids in the order of their numbers. */
async function startRuns(s: Apart, workflow: string, count: number, atOnce = 10): Promise<string[]> {
  const ids: string[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let n = next++; n < count; n = next++) ids[n] = (await s.api.run(workflow, `run-${n}`, { n })).id
    }),
  )
  return ids
}

async function allEnd(s: Apart, count: number, withinMs: number): Promise<number> {
  const began = Date.now()
  await eventually(
    `${count} runs to end`,
    async () => {
      const { rows } = await s.it.admin.query('select count(*)::int as n from scheduler.runs where ended_at is not null')
      return rows[0].n >= count
    },
    withinMs,
  )
  await eventually(
    'the events to be stamped',
    async () => (await s.it.admin.query('select 1 from platform.outbox limit 1')).rows.length === 0,
  )
  return Date.now() - began
}

async function expectRight(s: Apart, ids: string[]): Promise<void> {
  expect(await brokenInvariants(s.it)).toEqual({})
  const { rows } = await s.it.admin.query("select outcome, output from scheduler.runs order by (input->>'n')::int")
  expect(rows.map((row) => [row.outcome, row.output?.result])).toEqual(ids.map((_, n) => ['success', n * 2 + 3]))
  // a step may be attempted again, and then says the same key
  const keys = new Set(s.witness.seen.map((sighting) => sighting.key))
  expect([...keys].every((key) => key?.startsWith('stp_'))).toBe(true)
  expect(keys.size).toBe(ids.length * 4)
}

describe('every run ends right', () => {
  it('when the worker is killed within a step, in less than 45 s', async () => {
    await using s = await startApart()
    const worker = await s.worker()
    const workflow = await s.api.publish(s.projectId, 'work', witnessed(s.witness.host, 1000))
    const ids = await startRuns(s, workflow, 30)
    await eventually('the steps to be under way', () => s.witness.seen.length >= 20)
    await worker.kill('SIGKILL')
    await s.worker()
    const ms = await allEnd(s, 30, 45_000)
    await expectRight(s, ids)
    const retried = await s.it.admin.query('select count(*)::int as n from scheduler.attempts')
    expect(retried.rows[0].n).toBeGreaterThan(0)
    console.log(`worker killed: all runs ended ${ms} ms later, ${retried.rows[0].n} attempts were lost and taken over`)
  }, 120_000)

  it('when the scheduler is killed under load, in less than 10 s after it is back', async () => {
    await using s = await startApart()
    await s.worker()
    const workflow = await s.api.publish(s.projectId, 'work', witnessed(s.witness.host, 50))
    const starting = startRuns(s, workflow, 100)
    await eventually('the steps to be under way', () => s.witness.seen.length >= 30)
    await s.scheduler.kill('SIGKILL')
    await startProcess(s.it, 'scheduler', { port: Number(new URL(s.scheduler.url).port) })
    const ids = await starting
    const ms = await allEnd(s, 100, 45_000)
    await expectRight(s, ids)
    console.log(`scheduler killed: all runs ended ${ms} ms after the last one was accepted`)
  }, 120_000)

  it('when Redis is emptied in the middle of 300 runs, in less than 60 s', async () => {
    await using s = await startApart()
    await s.worker()
    const redis = new Redis(setting('ORRERY_TEST_REDIS_URL'))
    const workflow = await s.api.publish(s.projectId, 'work', witnessed(s.witness.host, 20))
    const starting = startRuns(s, workflow, 300)
    for (let i = 0; i < 5; i++) {
      await pause(150)
      await redis.flushall()
    }
    const ids = await starting
    await redis.flushall()
    const ms = await allEnd(s, 300, 60_000)
    redis.disconnect()
    await expectRight(s, ids)
    console.log(`Redis emptied six times: all runs ended ${ms} ms after the last one was accepted`)
  }, 120_000)

  it('when the worker sleeps past its lease and wakes: what it says then changes nothing', async () => {
    await using s = await startApart()
    const worker = await s.worker()
    const workflow = await s.api.publish(s.projectId, 'work', witnessed(s.witness.host, 1500))
    const ids = await startRuns(s, workflow, 10)
    await eventually('the steps to be under way', () => s.witness.seen.length >= 10)
    await worker.kill('SIGSTOP')
    await s.it.admin.query(`update scheduler.live_steps set lease_until = now() where state = 1`)
    await s.worker()
    // a step may have been given to the sleeper while its call still waited: that lease has to run out as well
    await allEnd(s, 10, 60_000)
    await worker.kill('SIGCONT')
    await pause(1500)
    await expectRight(s, ids)
  }, 120_000)
})
