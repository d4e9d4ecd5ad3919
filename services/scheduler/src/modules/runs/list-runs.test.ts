import { newId, uuidOf } from '@orrery/core'
import type { Id, RunPage } from '@orrery/shared-types'
import { ask, type TestUser } from '@orrery/testing'
import type { Static } from '@sinclair/typebox'
import { startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'

type Page = Static<typeof RunPage>
const at = Date.UTC(2026, 0, 1)

/** Runs that ended long ago, one a minute, made by SQL: `statuses` in turn. */
async function past(s: TestScheduler, projectId: Id<'project'>, workflowId: Id<'workflow'>, statuses: string[], from = 0): Promise<void> {
  await s.it.admin.query(
    `insert into scheduler.runs (id, project_id, workflow_id, workflow_version, trigger, status, ended_badly, outcome, input, created_at)
     select (lpad(to_hex($1::bigint + i * 60000), 12, '0') || '70008000' || substr(md5(random()::text), 1, 7) || '00000')::uuid, $2, $3, 1, 'manual',
       ($4::text[])[i - $5], ($4::text[])[i - $5] <> 'done', case ($4::text[])[i - $5] when 'done' then 'success' when 'failed' then 'failed' end, '{}', to_timestamp(($1::bigint + i * 60000) / 1000)
     from generate_series(1 + $5::int, array_length($4::text[], 1) + $5::int) i`,
    [at, uuidOf('project', projectId), uuidOf('workflow', workflowId), statuses, from],
  )
}

async function read(s: TestScheduler, query: string, as: TestUser = s.owner): Promise<Page> {
  const answer = await ask(s.app, as).get(`/api/v1/runs?${query}`)
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json()
}

/** Every page of a list, to its end. */
async function readAll(s: TestScheduler, query: string, as: TestUser = s.owner): Promise<Page['items']> {
  const items: Page['items'] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Page = await read(s, `${query}${cursor === '' ? '' : `&cursor=${cursor}`}`, as)
    items.push(...page.items)
    cursor = page.nextCursor
  }
  return items
}

const noop = { steps: { a: { uses: 'noop' } } }
const minutes = (items: Page['items']) => items.map((run) => (Date.parse(run.createdAt) - at) / 60_000)

describe('the list of runs', () => {
  it('gives those of all projects of the caller in one order, each once, over any number of pages', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish(noop)
    const second = await s.it.make.project(s.owner)
    const stranger = await s.it.make.user()
    const theirs = await s.it.make.project(stranger)
    await past(s, s.projectId, workflow.id, ['done', 'failed', 'done', 'canceled'], 0)
    await past(s, second, workflow.id, ['failed', 'done', 'done'], 2)
    await past(s, theirs, workflow.id, ['done', 'failed'], 1)
    expect(minutes(await readAll(s, 'limit=2'))).toEqual([5, 4, 4, 3, 3, 2, 1])
    expect(minutes(await readAll(s, 'limit=2&sort=createdAt'))).toEqual([1, 2, 3, 3, 4, 4, 5])
    expect(minutes(await readAll(s, `limit=3&projectId=${second}`))).toEqual([5, 4, 3])
    expect(minutes(await readAll(s, 'limit=3', stranger))).toEqual([3, 2])
    const admin = await s.it.make.user('admin')
    expect(await readAll(s, 'limit=4', admin)).toHaveLength(9)
  })

  it('puts states that are few, many and not ended together again in their order', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish(noop)
    await past(s, s.projectId, workflow.id, ['done', 'failed', 'done', 'canceled', 'done', 'failed'])
    const waiting = await s.start(workflow)
    expect(minutes(await readAll(s, 'limit=1&status=failed'))).toEqual([6, 2])
    expect(minutes(await readAll(s, 'limit=2&status=failed,canceled,done'))).toEqual([6, 5, 4, 3, 2, 1])
    expect((await readAll(s, 'status=queued,in_progress')).map((run) => run.id)).toEqual([waiting.id])
    const mixed = await readAll(s, 'limit=1&status=queued,failed')
    expect([mixed[0]?.id, ...minutes(mixed.slice(1))]).toEqual([waiting.id, 6, 2])
    expect((await read(s, 'status=failed&count=true')).total).toBe(2)
    expect((await read(s, 'count=true')).total).toBe(7)
  })

  it('finds runs by the name of their workflow', async () => {
    await using s = await startScheduler()
    const [triage, report] = [await s.publish(noop, 'triage'), await s.publish(noop, 'report-1')]
    await past(s, s.projectId, triage.id, ['done', 'failed'])
    await past(s, s.projectId, report.id, ['done'], 5)
    expect(minutes(await readAll(s, 'q=TRI'))).toEqual([2, 1])
    expect(minutes(await readAll(s, 'q=t-1'))).toEqual([6])
    expect(await readAll(s, 'q=t_1')).toEqual([])
    expect((await read(s, 'q=tri&status=failed&count=true')).total).toBe(1)
    expect(await readAll(s, 'q=nothing')).toEqual([])
  })

  it('gives nothing to a member of no project, and nothing of an unknown one', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish(noop)
    await past(s, s.projectId, workflow.id, ['done'])
    expect(await readAll(s, 'limit=5', await s.it.make.user())).toEqual([])
    expect(await readAll(s, `projectId=${newId('project')}`)).toEqual([])
  })

  it('422 refuses a sort and a cursor that it does not know', async () => {
    await using s = await startScheduler()
    expect((await ask(s.app, s.owner).get('/api/v1/runs?sort=costUsd')).statusCode).toBe(422)
    expect((await ask(s.app, s.owner).get('/api/v1/runs?cursor=abc')).statusCode).toBe(422)
  })
})
