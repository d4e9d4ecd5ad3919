import { setTimeout as pause } from 'node:timers/promises'
import { uuidOf } from '@orrery/core'
import { buildApp as buildGateway } from '@orrery/realtime-gateway'
import { ask, eventually, openTcpProxy } from '@orrery/testing'
import { publishWorkflow, settings, startInProcess } from '../support/in-process.ts'
import { Listener } from '../support/listener.ts'

const noop = { uses: 'noop' }

describe('a socket', () => {
  it('that is cut 20 times while 200 runs go through hears every event of its project once and in order', async () => {
    await using orrery = await startInProcess()
    const { it, scheduler, owner, projectId } = orrery
    const workflow = await publishWorkflow(scheduler, owner, projectId, {
      steps: { a: noop, each: { ...noop, needs: 'a', foreach: [1, 2, 3] }, b: { ...noop, needs: 'each' } },
    })
    const listener = new Listener(orrery.socketUrl, owner.token, [`project:${projectId}`])
    await listener.connect()
    let cuts = 0
    const cutting = (async () => {
      while (cuts < 20) {
        await pause(20 + Math.random() * 80)
        listener.cut()
        cuts += 1
        await listener.connect()
      }
    })()
    for (let batch = 0; batch < 20; batch++) {
      const made = await Promise.all(
        Array.from({ length: 10 }, () => ask(scheduler, owner).post('/api/v1/runs', { workflowId: workflow.id })),
      )
      expect(made.every((answer) => answer.statusCode === 201)).toBe(true)
      await pause(40)
    }
    await cutting
    const logged = await eventually(
      'all runs to end and their events to be stamped',
      async () => {
        const { rows } = await it.admin.query(
          'select seq::text, type from platform.domain_events where project_id = $1 order by domain_events.seq',
          [projectId],
        )
        const waiting = await it.admin.query('select 1 from platform.outbox')
        return (
          rows.filter((row) => row.type === 'execution.completed').length === 200 &&
          waiting.rows.length === 0 &&
          rows.map((row) => row.seq as string)
        )
      },
      30_000,
    )
    await eventually('the last event', () => listener.heard.at(-1)?.eventId === logged.at(-1))
    expect(cuts).toBe(20)
    expect(listener.heard.map((event) => event.eventId)).toEqual(logged)
    listener.cut()
  }, 60_000)

  it('that changes to a gateway which lags behind hears nothing again', async () => {
    await using orrery = await startInProcess()
    const { it, scheduler, owner, projectId } = orrery
    // without Redis nobody rings for it: it looks once a second
    const proxy = it.use(await openTcpProxy(it.redisUrl))
    const late = it.use(await buildGateway(it.deps('realtime-gateway', { redisUrl: proxy.url }), settings(), []))
    const lateUrl = `${(await late.listen({ host: '127.0.0.1', port: 0 })).replace('http', 'ws')}/ws`
    await proxy.shut()
    const workflow = await publishWorkflow(scheduler, owner, projectId, { steps: { a: noop } })
    const listener = new Listener(orrery.socketUrl, owner.token, [`project:${projectId}`])
    for (let runs = 1; runs <= 5; runs++) {
      await listener.connect(orrery.socketUrl)
      await ask(scheduler, owner).post('/api/v1/runs', { workflowId: workflow.id })
      await eventually('the end', () => listener.heard.filter((event) => event.type === 'execution.completed').length >= runs)
      listener.cut()
      await listener.connect(lateUrl)
      listener.cut()
    }
    await listener.connect(lateUrl)
    const last = (await it.admin.query('select max(seq)::text as seq from platform.domain_events')).rows[0].seq
    const other = new Listener(lateUrl, owner.token, [`project:${projectId}`])
    await other.connect()
    await eventually('the other one to hear all of it', () => other.heard.at(-1)?.eventId === last)
    expect(listener.heard.map((event) => event.eventId)).toEqual(other.heard.map((event) => event.eventId))
    listener.cut()
    other.cut()
  }, 30_000)

  it('is closed with 4503, not 4401, when nobody can check its token because the database says nothing', async () => {
    await using orrery = await startInProcess()
    const { it, owner, projectId } = orrery
    const proxy = it.use(await openTcpProxy(it.databaseUrl('realtime-gateway')))
    const gateway = it.use(await buildGateway(it.deps('realtime-gateway', { databaseUrl: proxy.url }), settings(), []))
    const url = `${(await gateway.listen({ host: '127.0.0.1', port: 0 })).replace('http', 'ws')}/ws`
    proxy.beSilent()
    await expect(new Listener(url, owner.token, [`project:${projectId}`]).connect()).rejects.toThrow('4503')
    proxy.cut()
  }, 30_000)

  it('is closed with 4401 when its session ends, and with 4403 for a topic of somebody else', async () => {
    await using orrery = await startInProcess()
    const { it, owner, projectId } = orrery
    const stranger = await it.make.user()
    const foreign = new Listener(orrery.socketUrl, stranger.token, [`project:${projectId}`])
    await expect(foreign.connect()).rejects.toThrow('4403')
    const nobody = new Listener(orrery.socketUrl, 'no-token', [`project:${projectId}`])
    await expect(nobody.connect()).rejects.toThrow('4401')
    const listener = new Listener(orrery.socketUrl, owner.token, [`project:${projectId}`])
    await listener.connect()
    const session = JSON.parse(Buffer.from(owner.token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }
    await it.admin.query('insert into platform.revoked_sessions (session_id) values ($1)', [uuidOf('session', session.sid)])
    await eventually('the socket to be closed', () => listener.lastCode === 4401, 5000)
  }, 30_000)
})
