import { uuidOf } from '@orrery/core'
import type { DeadLetter, LeasedStep } from '@orrery/shared-types'
import { ask, eventually } from '@orrery/testing'
import { ownWorker, startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'

const gpu = (more: object = {}) => ({
  steps: { first: { uses: 'noop', with: { output: 7 } }, a: { uses: 'queue:gpu', needs: 'first', ...more } },
})
const list = async (s: TestScheduler, state = 'open') =>
  (await ask(s.app, s.owner).get(`/api/v1/dead-letters?projectId=${s.projectId}&state=${state}`)).json().items as DeadLetter[]
const drain = (s: TestScheduler) => ask(s.app, s.owner).post('/api/v1/queues/queue:gpu/drain', { projectId: s.projectId })
const ready = (s: TestScheduler, n: number) =>
  eventually(
    `${n} ready`,
    async () => (await s.it.admin.query(`select 1 from scheduler.live_steps where pool like 'queue:%'`)).rowCount === n,
  )

/** Lets the lease of a step run out, as if its worker had died. */
const losesWorker = (s: TestScheduler, { stepId }: LeasedStep) =>
  eventually(`${stepId} to be lost`, async () => {
    await s.it.admin.query(`update scheduler.live_steps set lease_until = now() - interval '1 s' where state = 1`)
    return (await s.it.admin.query('select 1 from scheduler.live_steps where state = 1')).rowCount === 0
  })

it('takes a step that lost three workers, with the last lines it wrote, and redrives its run from there', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  const worker = ownWorker(s)
  const run = await s.start(await s.publish(gpu()))
  for (let attempt = 1; attempt <= 3; attempt++) {
    const [step] = await worker.take('gpu')
    if (!step) throw new Error('no step')
    const lines = [{ at: new Date().toISOString(), stream: 'stdout', text: `attempt ${attempt} eats memory` }]
    await worker.call({ logs: [{ stepId: step.stepId, attempt, lines }] })
    await losesWorker(s, step)
  }
  expect((await s.ended(run.id)).error).toMatchObject({ code: 'worker_lost', stepKey: 'a' })
  const [letter] = await list(s)
  expect(letter).toMatchObject({ runId: run.id, stepKey: 'a', queue: 'queue:gpu', code: 'worker_lost', attempt: 3 })
  expect(letter?.lastLines).toEqual(['attempt 1 eats memory', 'attempt 2 eats memory', 'attempt 3 eats memory'])
  expect(await s.it.published('step.dead_lettered')).toEqual([{ runId: run.id, key: 'a', queue: 'queue:gpu', code: 'worker_lost' }])

  const redriven = await ask(s.app, s.owner).post(`/api/v1/dead-letters/${letter?.id}/redrive`)
  expect([redriven.statusCode, redriven.json().originRunId]).toEqual([201, run.id])
  const [again] = await worker.take('gpu')
  await worker.done(again as LeasedStep, 'better')
  expect((await s.ended(redriven.json().id)).steps.map((step) => step.output)).toEqual([7, 'better'])
  expect(await list(s)).toEqual([])
  expect(await list(s, 'redriven')).toMatchObject([{ id: letter?.id, redrivenRunId: redriven.json().id }])
  expect((await ask(s.app, s.owner).post(`/api/v1/dead-letters/${letter?.id}/redrive`)).statusCode).toBe(409)
})

it('takes what is drained from a queue, and redrives all of it at once', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  const workflow = await s.publish(gpu())
  const runs = [await s.start(workflow), await s.start(workflow), await s.start(workflow)]
  await ready(s, 3)
  expect((await drain(s)).json()).toEqual({ drained: 3, left: false })
  for (const run of runs) expect((await s.ended(run.id)).error?.code).toBe('drained')
  expect((await s.it.audited('queue.drain')).map((entry) => entry.after)).toEqual([{ steps: 3 }])
  const redriven = (await ask(s.app, s.owner).post('/api/v1/queues/queue:gpu/retry', { projectId: s.projectId })).json()
  expect([redriven.runs.length, redriven.left]).toEqual([3, 0])
  await ready(s, 3)
  expect(await list(s)).toEqual([])
  expect((await ask(s.app, s.owner).post('/api/v1/dead-letters/redrive', { projectId: s.projectId })).json()).toEqual({ runs: [], left: 0 })
})

it('makes one run of two who redrive at once, and none beside one that somebody began by a retry', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  const workflow = await s.publish(gpu())
  const given = async () => {
    const run = await s.start(workflow)
    await ready(s, 1)
    await drain(s)
    await s.ended(run.id)
    return { run, letter: (await list(s)).find((each) => each.runId === run.id) }
  }
  const redrive = (letter: DeadLetter | undefined, key = 'k') =>
    ask(s.app, s.owner, { 'idempotency-key': key }).post(`/api/v1/dead-letters/${letter?.id}/redrive`)
  const count = async () => (await s.it.admin.query(`select 1 from scheduler.runs where trigger in ('retry', 'fork', 'replay')`)).rowCount
  const first = await given()
  const answers = await Promise.all(['a', 'b', 'c'].map((key) => redrive(first.letter, key)))
  expect(answers.map((each) => each.statusCode).sort()).toEqual([201, 409, 409])
  const lost = ['a', 'b', 'c'][answers.findIndex((each) => each.statusCode === 409)]
  // the key of one who came too late stands for nothing
  expect((await redrive(first.letter, lost)).json().code).toBe('dead_letter_closed')
  expect(await count()).toBe(1)
  await ready(s, 1)
  await drain(s)
  const second = await given()
  const again = await Promise.all(Array.from({ length: 5 }, () => redrive(second.letter, 'same')))
  // one request that is said five times at once has one answer
  expect(new Set(again.map((each) => `${each.statusCode} ${each.json().id}`)).size).toBe(1)
  expect([again[0]?.statusCode, await count()]).toEqual([201, 2])
  await ready(s, 1)
  await drain(s)
  const bodies: [string, object, number][] = [
    ['retry', {}, 409],
    ['fork', { fromStep: 'a' }, 409],
    ['replay', {}, 409],
    ['replay', { input: {} }, 201],
  ]
  for (const [verb, body, status] of bodies) {
    const { run, letter } = await given()
    expect((await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/${verb}`, body)).statusCode).toBe(201)
    expect([verb, (await redrive(letter, `${verb} ${status}`)).statusCode]).toEqual([verb, status])
    await eventually(
      'what was begun to be ready',
      async () =>
        (await s.it.admin.query(`select 1 from scheduler.live_steps where pool like 'queue:%'`)).rowCount === (status === 409 ? 1 : 2),
    )
    await drain(s)
  }
})

it('redrives a step that its author allowed to fail by forking the run that succeeded', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  const run = await s.start(await s.publish(gpu({ 'continue-on-error': true })))
  await ready(s, 1)
  await drain(s)
  expect((await s.ended(run.id)).outcome).toBe('success')
  const [letter] = await list(s)
  const redriven = await ask(s.app, s.owner).post(`/api/v1/dead-letters/${letter?.id}/redrive`)
  expect(redriven.json()).toMatchObject({ trigger: 'fork', originRunId: run.id })
})

it('leaves what belongs to a run that goes on, and says how many', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  await s.start(await s.publish({ steps: { a: { uses: 'queue:gpu' }, b: { uses: 'wait', with: { signal: 'go' } } } }))
  await ready(s, 1)
  await drain(s)
  const [letter] = await eventually('a dead letter', async () => {
    const found = await list(s)
    return found.length > 0 && found
  })
  expect((await ask(s.app, s.owner).post(`/api/v1/dead-letters/${letter?.id}/redrive`)).json().code).toBe('run_not_ended')
  expect((await ask(s.app, s.owner).post('/api/v1/dead-letters/redrive', { projectId: s.projectId })).json()).toEqual({ runs: [], left: 1 })
  expect(await list(s)).toHaveLength(1)
})

it('leaves what belongs to a run that was forgotten, and redrives the others', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  const workflow = await s.publish(gpu())
  const forgotten = await s.start(workflow)
  const kept = await s.start(workflow)
  await ready(s, 2)
  await drain(s)
  for (const run of [forgotten, kept]) await s.ended(run.id)
  await s.it.admin.query(`delete from scheduler.runs where id = $1`, [uuidOf('run', forgotten.id)])
  const redriven = (await ask(s.app, s.owner).post('/api/v1/dead-letters/redrive', { projectId: s.projectId })).json()
  expect([redriven.runs.length, redriven.left]).toEqual([1, 1])
  expect((await list(s)).map((letter) => letter.runId)).toEqual([forgotten.id])
})

it('leaves what belongs to an archived workflow', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  const workflow = await s.publish(gpu())
  const run = await s.start(workflow)
  await ready(s, 1)
  await drain(s)
  await s.ended(run.id)
  await ask(s.app, s.owner).delete(`/api/v1/workflows/${workflow.id}`)
  const [letter] = await list(s)
  expect((await ask(s.app, s.owner).post(`/api/v1/dead-letters/${letter?.id}/redrive`)).json().code).toBe('workflow_archived')
  expect((await ask(s.app, s.owner).post('/api/v1/dead-letters/redrive', { projectId: s.projectId })).json()).toEqual({ runs: [], left: 1 })
})

it('can be dismissed, once', async () => {
  await using s = await startScheduler()
  s.work(() => ({}))
  await s.start(await s.publish(gpu()))
  await ready(s, 1)
  await drain(s)
  const [letter] = await list(s)
  const dismiss = () => ask(s.app, s.owner).delete(`/api/v1/dead-letters/${letter?.id}`)
  expect((await dismiss()).statusCode).toBe(204)
  expect((await dismiss()).statusCode).toBe(409)
  expect([(await list(s)).length, (await list(s, 'dismissed')).length]).toEqual([0, 1])
})

it('takes a step whose result no transaction keeps, and keeps the others of the same call', async () => {
  await using s = await startScheduler()
  const worker = ownWorker(s)
  const workflow = await s.publish({ steps: { a: { uses: 'queue:gpu' } } })
  const runs = [await s.start(workflow), await s.start(workflow)]
  const steps = await worker.take('gpu', 2)
  // what a later rule of the database might refuse
  await s.it.admin.query(`alter table scheduler.steps add constraint refuses check (output::text is distinct from '"bad"')`)
  const results = steps.map(({ stepId, attempt, runId }) => ({ stepId, attempt, output: runId === runs[0]?.id ? 'bad' : 'good' }))
  await worker.call({ results })
  expect((await s.ended(runs[0]?.id ?? '')).error).toMatchObject({
    code: 'result_refused',
    message: expect.stringContaining('could not be kept'),
  })
  expect((await s.ended(runs[1]?.id ?? '')).steps[0]?.output).toBe('good')
  expect(await list(s)).toMatchObject([{ runId: runs[0]?.id, code: 'result_refused' }])
})
