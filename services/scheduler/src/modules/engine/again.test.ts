import { ask, eventually } from '@orrery/testing'
import { failure, ownWorker, startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'

const call = (workflow: string, more: object = {}) => ({ uses: 'workflow', with: { workflow }, ...more })
const soon = { attempts: 3, initial: '10ms', jitter: false }
const children = async (s: TestScheduler) =>
  (await s.it.admin.query('select outcome from scheduler.runs where parent_run_id is not null order by id')).rows.map((row) => row.outcome)
const why = async (s: TestScheduler, id: string) => (await ask(s.app, s.owner).get(`/api/v1/runs/${id}/why`)).json()

describe('a step that is tried again', () => {
  it('begins another child after one that failed, alone and among items', async () => {
    await using s = await startScheduler()
    let begun = 0
    s.work(() => ([1, 2, 4].includes(++begun) ? failure('boom') : {}))
    const child = await s.publish({ steps: { a: { uses: 'noop', with: { output: 1 } } }, outputs: { got: '${{ steps.a.output }}' } })
    const run = await s.run({
      steps: {
        one: call(child.slug, { retry: soon }),
        each: call(child.slug, { retry: soon, foreach: [1, 2], concurrency: 1, needs: 'one' }),
      },
    })
    expect([run.outcome, run.steps[0]?.attempt, run.steps[0]?.output]).toEqual(['success', 3, { got: 1 }])
    expect(run.steps[1]?.output).toEqual([{ got: 1 }, { got: 1 }])
    expect(await children(s)).toEqual(['failed', 'failed', 'success', 'failed', 'success', 'success'])
  })

  it('begins no sooner than whoever refused it asks', async () => {
    await using s = await startScheduler()
    s.work((step) => (step.attempt === 1 ? { error: { code: 'busy', message: 'later', retryable: true, retryAfterMs: 700 } } : {}))
    const run = await s.run({ steps: { a: { uses: 'noop', retry: soon } } })
    const [step] = run.steps
    expect(step?.attempt).toBe(2)
    expect(Date.parse(step?.startedAt ?? '') - Date.parse(run.startedAt ?? '')).toBeGreaterThanOrEqual(700)
  })

  it('says when another child will be begun, and is let go of meanwhile', async () => {
    await using s = await startScheduler()
    s.work(() => failure('boom'))
    const child = await s.publish({ steps: { a: { uses: 'noop' } } })
    const run = await s.start(await s.publish({ steps: { one: call(child.slug, { retry: { ...soon, initial: '1h' } }) } }))
    const told = await eventually('the wait', async () => {
      const answer = await why(s, run.id)
      return answer.sentence.includes('tried again') && answer
    })
    expect(told.sentence).toMatch(/^Step one failed in attempt 1 and is tried again at 20/)
    expect((await s.read(run.id)).steps[0]?.status).toBe('queued')
    await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/cancel`)
    expect((await s.ended(run.id)).steps[0]?.status).toBe('canceled')
    const versions = `select entity_version - lag(entity_version) over (partition by entity_id order by seq) as step from platform.domain_events`
    await s.it.published('execution.completed')
    expect((await s.it.admin.query(`select step from (${versions}) v where step <= 0`)).rows).toEqual([])
  })

  it('lets go of a child that takes longer than the step may, and does not take its end for that of the next', async () => {
    await using s = await startScheduler()
    const child = await s.publish({ steps: { gate: { uses: 'wait', with: { signal: 'never' } } } })
    const run = await s.run({ steps: { one: call(child.slug, { timeout: '300ms', retry: { ...soon, attempts: 2, initial: 0 } }) } })
    expect([run.outcome, run.steps[0]?.attempt, run.error?.code]).toEqual(['failed', 2, 'timeout'])
    expect(run.error?.message).toBe('The run of attempt 2 did not end within 300 ms and was canceled')
    await eventually('the end of the children', async () => (await children(s)).every((outcome) => outcome === 'cancelled'))
    const { rows } = await s.it.admin.query(`select error->>'code' as code from scheduler.attempts`)
    expect(rows).toEqual([{ code: 'timeout' }])
  })

  it('is taken with the code timeout from a worker that goes on beyond its time, and not from one that fell silent', async () => {
    await using s = await startScheduler({ ORRERY_LEASE_MS: '3000' })
    const worker = ownWorker(s)
    const queue = { uses: 'queue:gpu', timeout: '100ms', retry: { ...soon, attempts: 2 } }
    const run = await s.start(await s.publish({ steps: { paint: queue } }))
    const beats: number[] = []
    for (const attempt of [1, 2]) {
      const [step] = await worker.take('gpu')
      expect(step?.attempt).toBe(attempt)
      await eventually('the loss', async () => {
        beats.push(Date.now())
        const { stepId = 'stp_' } = step ?? {}
        return (await worker.call({ heartbeats: [{ stepId, attempt }] })).cancels.length > 0
      })
    }
    const ended = await s.ended(run.id)
    expect(ended.error).toMatchObject({ code: 'timeout', message: 'Attempt 2 took longer than 100 ms, and its worker did not end it' })
    const silent = await s.start(await s.publish({ steps: { paint: queue } }))
    await worker.take('gpu')
    await eventually('the loss of a silent worker', async () => {
      const { rows } = await s.it.admin.query(`select error->>'code' as code from scheduler.attempts order by ended_at`)
      return rows.map((row) => row.code).join() === 'timeout,worker_lost'
    })
    await ask(s.app, s.owner).post(`/api/v1/runs/${silent.id}/cancel`)
  })

  it('is not tried again by itself where it is unsafe to repeat', async () => {
    await using s = await startScheduler({ ORRERY_LEASE_MS: '3000' })
    const worker = ownWorker(s)
    const run = await s.start(
      await s.publish({ defaults: { retry: soon }, steps: { pay: { uses: 'queue:pay', unsafe: true, timeout: '1m' } } }),
    )
    await worker.take('pay')
    const ended = await s.ended(run.id)
    expect([ended.outcome, ended.error?.code, ended.steps[0]?.attempt]).toEqual(['failed', 'interrupted', 1])
    const letters = (await ask(s.app, s.owner).get(`/api/v1/dead-letters?projectId=${s.projectId}`)).json()
    expect(letters.items.map((letter: { code: string }) => letter.code)).toEqual(['interrupted'])
  })
})
