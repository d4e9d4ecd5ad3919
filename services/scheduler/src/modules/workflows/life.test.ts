import { ask, eventually } from '@orrery/testing'
import { startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'
import { diffValues } from './diff-values.ts'

const definition = (output: unknown, more: object = {}) => ({ steps: { a: { uses: 'noop', with: { output } } }, ...more })
const life = (s: TestScheduler, id: string) => {
  const path = `/api/v1/workflows/${id}`
  const as = ask(s.app, s.owner)
  return {
    pause: (reason?: string) => as.post(`${path}/pause`, { ...(reason !== undefined && { reason }) }),
    resume: () => as.post(`${path}/resume`),
    archive: () => as.delete(path),
    transitions: async () =>
      (await as.get(`${path}/transitions`)).json().items as { fromStatus: string; toStatus: string; reason: string }[],
  }
}
const why = async (s: TestScheduler, id: string) => (await ask(s.app, s.owner).get(`/api/v1/runs/${id}/why`)).json()

describe('a paused workflow', () => {
  it('lets new runs wait, says why, and starts them in their order once it is resumed', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const workflow = await s.publish(definition(1))
    const { pause, resume } = life(s, workflow.id)
    const paused = await pause('too many tickets')
    expect([paused.statusCode, typeof paused.json().pausedAt]).toEqual([200, 'string'])
    const runs = [await s.start(workflow), await s.start(workflow)]
    expect(await why(s, runs[0]?.id ?? '')).toMatchObject({
      status: 'queued',
      sentence: expect.stringMatching(/is paused since 20.*; its new runs wait\.$/),
      action: expect.stringMatching(/^Resume the workflow /),
    })
    expect((await resume()).json().pausedAt).toBeNull()
    const ended = await Promise.all(runs.map((run) => s.ended(run.id)))
    expect(ended.map((run) => run.outcome)).toEqual(['success', 'success'])
    expect((await s.it.published('workflow.paused'))[0]).toEqual({ reason: 'too many tickets' })
    expect(await s.it.published('workflow.resumed')).toHaveLength(1)
    expect((await s.it.audited('workflow.pause')).map((entry) => entry.after)).toEqual([{ reason: 'too many tickets' }])
  })

  it('lets a run go on that had begun', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish({ steps: { gate: { uses: 'wait', with: { signal: 'go' } }, after: { uses: 'noop', needs: 'gate' } } })
    const run = await s.start(workflow)
    await life(s, workflow.id).pause()
    s.work(() => ({}))
    await ask(s.app, s.owner).post(`/api/v1/runs/${run.id}/signals/go`, {})
    expect((await s.ended(run.id)).outcome).toBe('success')
  })

  it('holds a child run, and keeps to its concurrency key afterwards', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const child = await s.publish(definition('${{ inputs.n }}', { inputs: { n: {} }, concurrency: { key: 'one' } }), 'child')
    const parent = await s.publish({ steps: { call: { uses: 'workflow', with: { workflow: 'child', input: { n: 7 } } } } })
    await life(s, child.id).pause()
    const run = await s.start(parent)
    await eventually(
      'the child to be held',
      async () => (await s.it.admin.query('select 1 from scheduler.run_state where slot_limit = 0')).rowCount,
    )
    await life(s, child.id).resume()
    expect((await s.ended(run.id)).outcome).toBe('success')
    expect((await s.it.admin.query('select * from scheduler.slots')).rows).toEqual([])
  })

  it('skips the ticks of its schedules and says so in the ledger', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish(definition(1))
    await life(s, workflow.id).pause()
    const schedule = await ask(s.app, s.owner).post('/api/v1/schedules', { projectId: s.projectId, workflowId: workflow.id, everyMs: 1000 })
    const fires = await eventually('a tick', async () => {
      const { items } = (await ask(s.app, s.owner).get(`/api/v1/schedules/${schedule.json().id}/fires`)).json()
      return items.length > 0 && items
    })
    expect(fires[0]).toMatchObject({ outcome: 'skipped', reason: 'workflow_paused', runId: null })
    expect((await ask(s.app, s.owner).get(`/api/v1/schedules/${schedule.json().id}`)).json().status).toBe('active')
  })

  it('starts a run that was held though its resumption had not seen it', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const workflow = await s.publish(definition(1))
    await life(s, workflow.id).pause()
    const run = await s.start(workflow)
    // as if the run had been committed just after the resumption looked for those who wait
    await s.it.admin.query('update scheduler.workflows set paused_at = null')
    expect((await s.ended(run.id)).outcome).toBe('success')
  })

  it('409 refuses to pause what is not published or archived, and to resume what is not paused', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish(definition(1))
    const { resume, archive, pause } = life(s, workflow.id)
    const draft = await ask(s.app, s.owner).post('/api/v1/workflows', {
      projectId: s.projectId,
      slug: 'd',
      name: 'd',
      definition: definition(1),
    })
    expect((await life(s, draft.json().id).pause()).json().code).toBe('workflow_not_published')
    expect((await resume()).json().code).toBe('workflow_not_paused')
    await archive()
    expect((await pause()).json().code).toBe('workflow_archived')
  })

  it('cancels what waited for the end of a pause where it is retired, and does not resume then', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish(definition(1))
    const { pause, resume, archive } = life(s, workflow.id)
    await pause()
    const run = await s.start(workflow)
    await archive()
    const { outcome, startedAt } = await s.ended(run.id)
    expect([outcome, startedAt]).toEqual(['cancelled', null])
    expect((await resume()).json().code).toBe('workflow_archived')
  })
})

it('keeps each step of the life of a workflow, newest first', async () => {
  await using s = await startScheduler()
  const workflow = await s.publish(definition(1))
  const { pause, resume, archive, transitions } = life(s, workflow.id)
  await pause('holiday')
  await resume()
  await archive()
  expect((await transitions()).map(({ fromStatus, toStatus, reason }) => [fromStatus, toStatus, reason])).toEqual([
    ['published', 'archived', null],
    ['paused', 'published', null],
    ['published', 'paused', 'holiday'],
    ['draft', 'published', null],
    [null, 'draft', null],
  ])
})

describe('versions', () => {
  it('are compared place by place, and an earlier one can be made the published one again', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const workflow = await s.publish(definition(1))
    const as = ask(s.app, s.owner)
    const path = `/api/v1/workflows/${workflow.id}`
    await as.patch(path, { definition: definition(2, { timeout: '1h' }) })
    await as.post(`${path}/publish`, {})
    const diff = await as.get(`${path}/diff?from=1&to=2`)
    expect(diff.json().changes).toEqual([
      { path: '/steps/a/with/output', kind: 'changed', before: 1, after: 2 },
      { path: '/timeout', kind: 'added', after: '1h' },
    ])
    expect((await as.get(`${path}/versions/1`)).json().definition).toEqual(definition(1))
    expect((await as.post(`${path}/publish`, { version: 1 })).json().publishedVersion).toBe(1)
    const run = await s.ended((await s.start(workflow)).id)
    expect([run.workflowVersion, run.steps[0]?.output]).toEqual([1, 1])
  })

  it('404 says nothing of a version that is not there', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish(definition(1))
    const diff = await ask(s.app, s.owner).get(`/api/v1/workflows/${workflow.id}/diff?from=1&to=9`)
    expect([diff.statusCode, diff.json().code]).toEqual([404, 'workflow_version_not_found'])
    expect((await ask(s.app, s.owner).get(`/api/v1/workflows/${workflow.id}/versions/9`)).statusCode).toBe(404)
  })

  it('tell what came, went and changed, a list as one value', () => {
    expect(diffValues({ a: 1, b: [1], c: { 'd/e': 1 } }, { b: [1, 2], c: { 'd/e': 2 }, f: 3 })).toEqual([
      { path: '/a', kind: 'removed', before: 1 },
      { path: '/b', kind: 'changed', before: [1], after: [1, 2] },
      { path: '/c/d~1e', kind: 'changed', before: 1, after: 2 },
      { path: '/f', kind: 'added', after: 3 },
    ])
  })
})
