import { newId } from '@orrery/core'
import { ask } from '@orrery/testing'
import { openAgents } from '../../../test/open-agents.ts'

const url = '/api/v1/agents/activity'

describe('POST /agents/activity', () => {
  it('202 takes one or a thousand at once, with one audit entry and one event for each agent', async () => {
    await using it = await openAgents()
    const { agent, operator, owner, projectId } = await it.crew()
    const other = await it.hire(owner, { projectIds: [projectId] })
    const one = await ask(it.app, operator).post(url, { agentId: agent.id, action: 'began', details: { a: [1] }, runId: newId('run') })
    const many = Array.from({ length: 1000 }, (_, i) => ({ agentId: (i % 2 ? agent : other).id, action: `step ${i}` }))
    const batch = await ask(it.app, operator).post(url, many)
    expect([one.statusCode, one.json(), batch.statusCode, batch.json()]).toEqual([202, { accepted: 1 }, 202, { accepted: 1000 }])
    const said = await it.published('agent.activity')
    expect(said).toHaveLength(3)
    expect(said.map((payload) => payload['count'])).toEqual([1, 500, 500])
    expect(await it.audited('activity.recorded')).toHaveLength(2)
    const listed = (await ask(it.app, operator).get(`/api/v1/agents/${agent.id}/activity?count=true&sort=occurredAt&limit=1`)).json()
    expect([listed.total, listed.items]).toEqual([501, [expect.objectContaining({ action: 'began', details: { a: [1] }, taskId: null })]])
  })

  it('counts what was executed', async () => {
    await using it = await openAgents()
    const { agent, owner } = await it.crew()
    const report = (action: string, durationMs?: unknown) => ({ agentId: agent.id, action, details: { durationMs } })
    await ask(it.app, owner).post(url, [
      report('execution.completed', 100),
      report('execution.completed', 300),
      report('execution.failed'),
      report('execution.completed', 'long'),
      report('thought', 999),
    ])
    const { metrics } = (await ask(it.app, owner).get(`/api/v1/agents/${agent.id}`)).json()
    expect(metrics).toEqual({ executions: 4, failed: 1, successRate: 0.75, avgDurationMs: 200 })
  })

  it('loses no count when fifty reports of two agents come at once', async () => {
    await using it = await openAgents()
    const { agent, owner } = await it.crew()
    const other = await it.hire(owner)
    const batch = [agent, other].map(({ id }) => ({ agentId: id, action: 'execution.completed' }))
    // a busy database answers 503 and has kept nothing: who is told so says the same again
    const report = async (i: number): Promise<number> => {
      const { statusCode } = await ask(it.app, owner, { 'idempotency-key': `k${i}` }).post(url, i % 2 ? batch : batch.toReversed())
      return statusCode === 503 ? report(i) : statusCode
    }
    expect(new Set(await Promise.all(Array.from({ length: 50 }, (_, i) => report(i))))).toEqual(new Set([202]))
    for (const { id } of [agent, other]) {
      expect((await ask(it.app, owner).get(`/api/v1/agents/${id}`)).json().metrics.executions).toBe(50)
    }
  })

  it('404 hides an agent of somebody else and takes nothing of the batch, 403 for who may only look', async () => {
    await using it = await openAgents()
    const { agent, owner, viewer, stranger } = await it.crew()
    const foreign = await it.hire(stranger)
    const mixed = await ask(it.app, owner).post(url, [
      { agentId: agent.id, action: 'x' },
      { agentId: foreign.id, action: 'x' },
    ])
    expect([mixed.statusCode, mixed.json().code]).toEqual([404, 'agent_not_found'])
    expect((await ask(it.app, stranger).post(url, { agentId: agent.id, action: 'x' })).statusCode).toBe(404)
    expect((await ask(it.app, owner).post(url, { agentId: newId('agent'), action: 'x' })).statusCode).toBe(404)
    expect((await ask(it.app, viewer).post(url, { agentId: agent.id, action: 'x' })).statusCode).toBe(403)
    expect((await it.admin.query('select 1 from agents.activities')).rows).toEqual([])
    expect(await it.published('agent.activity')).toEqual([])
  })

  it('409 for an Idempotency-Key with another body, 202 once for the same', async () => {
    await using it = await openAgents()
    const { agent, owner } = await it.crew()
    const send = (action: string) => ask(it.app, owner, { 'idempotency-key': 'k' }).post(url, { agentId: agent.id, action })
    expect([(await send('a')).statusCode, (await send('a')).statusCode, (await send('b')).statusCode]).toEqual([202, 202, 409])
    expect((await it.admin.query('select 1 from agents.activities')).rows).toHaveLength(1)
  })

  it('422 refuses none, too many, and what is no activity', async () => {
    await using it = await openAgents()
    const { agent, owner } = await it.crew()
    const report = { agentId: agent.id, action: 'x' }
    for (const body of [
      [],
      Array(1001).fill(report),
      { ...report, action: '' },
      { ...report, occurredAt: 'now' },
      { ...report, id: 1 },
      { ...report, details: { a: '\u0000' } },
    ]) {
      expect((await ask(it.app, owner).post(url, body)).statusCode).toBe(422)
    }
    expect((await it.admin.query('select 1 from agents.activities')).rows).toEqual([])
  })
})

describe('GET /agents/:id/activity', () => {
  it('200 pages through all of it, the latest first', async () => {
    await using it = await openAgents()
    const { agent, owner, viewer } = await it.crew()
    const at = (i: number) => ({
      agentId: agent.id,
      action: `a${i}`,
      occurredAt: new Date(Date.UTC(2030, 0, 1, 0, 0, i % 3)).toISOString(),
    })
    await ask(it.app, owner).post(url, [0, 1, 2, 3, 4, 5, 6].map(at))
    const first = (await ask(it.app, viewer).get(`/api/v1/agents/${agent.id}/activity?limit=4`)).json()
    const rest = (await ask(it.app, viewer).get(`/api/v1/agents/${agent.id}/activity?limit=4&cursor=${first.nextCursor}`)).json()
    const times = [...first.items, ...rest.items].map((item: { occurredAt: string }) => item.occurredAt)
    expect([times, rest.nextCursor]).toEqual([times.toSorted().toReversed(), null])
    expect(times).toHaveLength(7)
  })

  it('404 hides it, 422 refuses an order it has not', async () => {
    await using it = await openAgents()
    const { agent, owner, stranger } = await it.crew()
    expect((await ask(it.app, stranger).get(`/api/v1/agents/${agent.id}/activity`)).statusCode).toBe(404)
    expect((await ask(it.app, owner).get(`/api/v1/agents/${agent.id}/activity?sort=action`)).statusCode).toBe(422)
  })
})
