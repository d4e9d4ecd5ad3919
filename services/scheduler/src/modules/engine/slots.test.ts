import { fromUuid } from '@orrery/core'
import { ask, eventually } from '@orrery/testing'
import { startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'

const until = (s: TestScheduler, id: string, status: string) =>
  eventually(`${id} to be ${status}`, async () => (await s.read(id)).status === status)
const gate = { steps: { gate: { uses: 'wait', with: { signal: 'go' } } } }
const go = (s: TestScheduler, id: string) => ask(s.app, s.owner).post(`/api/v1/runs/${id}/signals/go`)

describe('a concurrency key', () => {
  it('lets as many runs go on as it says, wakes the next when one ends, and says who holds it', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish({
      inputs: { key: { type: 'string' } },
      concurrency: { key: '${{ inputs.key }}', limit: 2 },
      steps: { gate: { uses: 'wait', with: { signal: 'go' } } },
    })
    const same = await Promise.all([1, 2, 3, 4].map(() => s.start(workflow, { key: 'a' })))
    const other = await s.start(workflow, { key: 'b' })
    await until(s, other.id, 'blocked')
    const now = await Promise.all(same.map((run) => s.read(run.id)))
    expect(now.map((run) => run.status).sort()).toEqual(['blocked', 'blocked', 'queued', 'queued'])
    const waiting = now.find((run) => run.status === 'queued')
    const holding = now.find((run) => run.status === 'blocked')
    const why = (await ask(s.app, s.owner).get(`/api/v1/runs/${waiting?.id}/why`)).json()
    expect(why.sentence).toMatch(/^It waits for one of 2 places of the concurrency key a, held by the runs run_\w+, run_\w+[.;]/)
    await ask(s.app, s.owner).post(`/api/v1/runs/${holding?.id}/signals/go`)
    await eventually(
      'the next one to go on',
      async () => (await Promise.all(same.map((run) => s.read(run.id)))).filter((run) => run.status === 'blocked').length === 2,
    )
    for (const { id } of [...same, other]) {
      await eventually(`${id} to be over`, async () => {
        await ask(s.app, s.owner).post(`/api/v1/runs/${id}/cancel`)
        return (await s.read(id)).endedAt !== null
      })
    }
    const { rows } = await s.it.admin.query('select 1 from scheduler.slots union all select 1 from scheduler.run_state')
    expect(rows).toEqual([])
  })

  it('gives its place back also where a run takes it and ends at once', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish({ concurrency: { key: 'one', limit: 1 }, steps: { a: { uses: 'noop', if: 'false' } } })
    for (let i = 0; i < 3; i++) expect((await s.ended((await s.start(workflow)).id)).outcome).toBe('success')
    expect((await s.it.admin.query('select * from scheduler.slots')).rows).toEqual([])
  })

  it('a run that waited for it and ends in the moment in which it begins has ended', async () => {
    await using s = await startScheduler()
    const concurrency = { key: 'one', limit: 1 }
    const first = await s.start(await s.publish({ concurrency, steps: { gate: { uses: 'wait', with: { signal: 'go' } } } }))
    await until(s, first.id, 'blocked')
    const second = await s.start(await s.publish({ concurrency, steps: { a: { uses: 'workflow', with: { workflow: 'nowhere' } } } }))
    await ask(s.app, s.owner).post(`/api/v1/runs/${first.id}/signals/go`)
    const run = await s.ended(second.id)
    expect([run.status, run.outcome, run.startedAt === null]).toEqual(['failed', 'failed', false])
  })

  it('gives a place to who waits longest, also when somebody comes new in the moment in which it is free', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish({ ...gate, concurrency: { key: 'one' } })
    const holder = await s.start(workflow)
    const older = await s.start(workflow)
    await until(s, holder.id, 'blocked')
    // the place is free, and nobody was called yet
    await s.it.admin.query('delete from scheduler.slots')
    const newer = await s.start(workflow)
    await until(s, older.id, 'blocked')
    expect((await s.read(newer.id)).status).toBe('queued')
  })

  it('does not count the time that a run waits for its place', async () => {
    await using s = await startScheduler()
    const concurrency = { key: 'one' }
    const holder = await s.start(await s.publish({ ...gate, concurrency }))
    await until(s, holder.id, 'blocked')
    const late = await s.start(await s.publish({ ...gate, concurrency, timeout: '1s' }))
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect((await s.read(late.id)).status).toBe('queued')
    await go(s, holder.id)
    await until(s, late.id, 'blocked')
    expect((await s.ended(late.id)).outcome).toBe('timeout')
  })

  it('lets a child begin within the place of the run that began it, however far above', async () => {
    await using s = await startScheduler()
    const concurrency = { key: 'one' }
    const call = (workflow: string) => ({ go: { uses: 'workflow', with: { workflow } } })
    const last = await s.publish({ ...gate, concurrency })
    const middle = await s.publish({ steps: call(last.slug) })
    const first = await s.publish({ concurrency, steps: call(middle.slug) })
    const run = await s.start(first)
    const other = await s.start(last)
    const find = async () =>
      (await s.it.admin.query(`select id from scheduler.runs where status = 'blocked' and parent_run_id is not null`)).rows
    await eventually('the child to wait for its signal', async () => (await find()).length === 1)
    expect((await s.read(other.id)).status).toBe('queued')
    await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/cancel`)
    await until(s, other.id, 'blocked')
  })
  it('lets nobody begin whose workflow is paused meanwhile, and says so', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish({ ...gate, concurrency: { key: 'one' } })
    const holder = await s.start(workflow)
    const waiting = await s.start(workflow)
    await until(s, holder.id, 'blocked')
    const other = await s.start(await s.publish({ ...gate, concurrency: { key: 'one' } }))
    expect((await ask(s.app, s.owner).post(`/api/v1/workflows/${workflow.id}/pause`)).statusCode).toBe(200)
    await go(s, holder.id)
    // nobody waits for one that may not begin
    await until(s, other.id, 'blocked')
    await go(s, other.id)
    await s.ended(other.id)
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect((await s.read(waiting.id)).status).toBe('queued')
    const why = (await ask(s.app, s.owner).get(`/api/v1/runs/${waiting.id}/why`)).json()
    expect([why.sentence, why.action]).toEqual([
      expect.stringMatching(/ is paused since 20/),
      expect.stringMatching(/^Resume the workflow/),
    ])
    await ask(s.app, s.owner).post(`/api/v1/workflows/${workflow.id}/resume`)
    await until(s, waiting.id, 'blocked')
  })

  it('is not free before what goes on within the place of an ended run has ended', async () => {
    await using s = await startScheduler()
    const concurrency = { key: 'one' }
    const child = await s.publish({ ...gate, concurrency, finally: { last: { uses: 'wait', with: { signal: 'end' } } } })
    const parent = await s.publish({ concurrency, steps: { call: { uses: 'workflow', with: { workflow: child.slug } } } })
    const run = await s.start(parent)
    const find = async (below: string) =>
      (await s.it.admin.query(`select id from scheduler.runs where status = 'blocked' and parent_run_id is ${below}`)).rows
    await eventually('the child to wait', async () => (await find('not null')).length === 1)
    const other = await s.start(child)
    await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/cancel`)
    await s.ended(run.id)
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect((await s.read(other.id)).status).toBe('queued')
    const { rows } = await s.it.admin.query(
      'select s.run_id, r.ending is not null as ending from scheduler.slots s join scheduler.run_state r using (run_id)',
    )
    expect(rows).toEqual([{ run_id: expect.any(String), ending: true }])
    const { id } = (await s.it.admin.query('select id from scheduler.runs where parent_run_id is not null')).rows[0]
    await ask(s.app, s.owner).post(`/api/v1/runs/${fromUuid('run', id)}/signals/end`)
    await until(s, other.id, 'blocked')
    expect((await s.it.admin.query('select count(*)::int as n from scheduler.slots')).rows).toEqual([{ n: 1 }])
  })

  it('is given once where runs of its workflow are begun by hand and by others in one transaction, with others canceled', async () => {
    await using s = await startScheduler()
    const one = await s.publish({ concurrency: { key: 'one' }, steps: { a: { uses: 'wait', with: { duration: '300ms' } } } })
    const call = await s.publish({ steps: { c: { uses: 'workflow', with: { workflow: one.slug } } } })
    const other = await s.publish(gate)
    await s.ended((await s.start(call)).id)
    // a child looks for its place when it is made, not when somebody comes by
    const { rows } = await s.it.admin.query(
      `select extract(epoch from started_at - created_at) * 1000 as ms from scheduler.runs where parent_run_id is not null`,
    )
    expect(Number(rows[0].ms)).toBeLessThan(200)
    const begun: number[] = []
    for (let round = 0; round < 4; round++) {
      const others = await Promise.all([1, 2, 3].map(() => s.start(other)))
      await Promise.all(others.map(({ id }) => until(s, id, 'blocked')))
      const cancels = Promise.all(others.map(({ id }) => ask(s.app, s.owner).post(`/api/v1/runs/${id}/cancel`)))
      const [, ...runs] = await Promise.all([cancels, ...[one, call, one, call].map((workflow) => s.start(workflow))])
      await eventually('all to begin in turn', async () => {
        begun.push((await s.it.admin.query('select count(*)::int as n from scheduler.slots')).rows[0].n)
        return (await Promise.all(runs.map(({ id }) => s.read(id)))).every((run) => run.endedAt !== null)
      })
    }
    expect(Math.max(...begun)).toBe(1)
  })

  it('has the limit of the newest version for those who wait, too, and they go first', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish({ ...gate, concurrency: { key: 'one', limit: 1 } })
    const [first, second, third] = [await s.start(workflow), await s.start(workflow), await s.start(workflow)]
    await until(s, first.id, 'blocked')
    const why = async (id: string) => (await ask(s.app, s.owner).get(`/api/v1/runs/${id}/why`)).json()
    const held = `It waits for one of 1 places of the concurrency key one, held by the run ${first.id}`
    expect(await why(second.id)).toMatchObject({ sentence: `${held}.`, action: `Wait, or cancel ${first.id}.` })
    expect(await why(third.id)).toMatchObject({
      sentence: `${held}; 1 run that waits longer comes before it.`,
      action: 'Wait, or publish a version with a higher limit: it holds for those who wait, too.',
    })
    const raised = { definition: { name: 'x', ...gate, concurrency: { key: 'one', limit: 2 } } }
    expect((await ask(s.app, s.owner).patch(`/api/v1/workflows/${workflow.id}`, raised)).statusCode).toBe(200)
    expect((await ask(s.app, s.owner).post(`/api/v1/workflows/${workflow.id}/publish`, {})).statusCode).toBe(200)
    const fourth = await s.start(workflow)
    await until(s, second.id, 'blocked')
    const statuses = async () => Promise.all([third, fourth].map(async ({ id }) => (await s.read(id)).status))
    expect(await statuses()).toEqual(['queued', 'queued'])
    await go(s, first.id)
    await until(s, third.id, 'blocked')
    expect(await statuses()).toEqual(['blocked', 'queued'])
  })
})
