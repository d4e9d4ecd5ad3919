import { uuidOf } from '@orrery/core'
import { ownCtx } from '@orrery/service-kit'
import { ask } from '@orrery/testing'
import { openAgents } from '../../../test/open-agents.ts'
import { moveSilentOffline } from './set-agent-status.ts'

const url = '/api/v1/agents'

describe('status of an agent', () => {
  it('200 is set, audited and announced once; saying it again announces nothing', async () => {
    await using it = await openAgents()
    const { agent, operator, owner, projectId } = await it.crew()
    const set = () => ask(it.app, operator).put(`${url}/${agent.id}/status`, { status: 'busy' })
    const answer = await set()
    await set()
    expect([answer.statusCode, answer.json().status, answer.json().lastSeenAt]).toEqual([200, 'busy', expect.any(String)])
    expect(await it.published('agent.status_changed')).toEqual([{ from: 'offline', to: 'busy' }])
    expect(await it.audiences('agent.status_changed')).toEqual([[projectId, owner.id]])
    expect(await it.audited('agent.status_changed')).toHaveLength(1)
  })

  it('200 a heartbeat wakes an agent that was offline, and leaves a busy one busy', async () => {
    await using it = await openAgents()
    const { agent, operator } = await it.crew()
    const beat = () => ask(it.app, operator).post(`${url}/${agent.id}/heartbeat`)
    expect((await beat()).json().status).toBe('active')
    await ask(it.app, operator).put(`${url}/${agent.id}/status`, { status: 'busy' })
    expect((await beat()).json().status).toBe('busy')
    expect(await it.published('agent.status_changed')).toHaveLength(2)
  })

  it('after 90 s without a sign of life it is offline, once, however many replicas look', async () => {
    await using it = await openAgents()
    const { agent, owner, operator } = await it.crew()
    const fresh = await it.hire(owner)
    for (const { id } of [agent, fresh]) await ask(it.app, owner).post(`${url}/${id}/heartbeat`)
    const ctx = ownCtx(it.deps('agents'), 'test')
    expect(await moveSilentOffline(ctx)).toBe(0)
    await it.admin.query("update agents.agents set last_seen_at = now() - interval '91 seconds' where id = $1", [uuidOf('agent', agent.id)])
    const moved = await Promise.all(Array.from({ length: 6 }, () => moveSilentOffline(ctx)))
    expect(moved.reduce((sum, each) => sum + each, 0)).toBe(1)
    expect((await ask(it.app, owner).get(`${url}/${agent.id}`)).json().status).toBe('offline')
    expect((await ask(it.app, owner).get(`${url}/${fresh.id}`)).json().status).toBe('active')
    expect((await it.published('agent.status_changed')).at(-1)).toEqual({ from: 'active', to: 'offline' })
    expect((await it.audited('agent.status_changed')).at(-1)?.actor_id).toBe('test')
    expect((await ask(it.app, operator).post(`${url}/${agent.id}/heartbeat`)).json().status).toBe('active')
  })
})
