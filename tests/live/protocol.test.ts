import { ask, eventually } from '@orrery/testing'
import WebSocket from 'ws'
import { publishWorkflow, startInProcess } from '../support/in-process.ts'
import { Listener } from '../support/listener.ts'

const noop = { uses: 'noop' }

/** A socket that says what it is told to and tells how it was closed. */
function raw(url: string, options: WebSocket.ClientOptions = {}) {
  const socket = new WebSocket(url, options)
  const messages: { type: string; code?: string; ts?: unknown }[] = []
  let closed: number | undefined
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())))
  socket.on('close', (code) => {
    closed = code
  })
  socket.on('error', () => undefined)
  const open = () => eventually('the socket to open', () => socket.readyState === WebSocket.OPEN)
  const say = (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  return {
    messages,
    open,
    say,
    closed: (code: number) => eventually(`to be closed with ${code}, not ${closed}`, () => closed === code, 8000),
    close: () => socket.terminate(),
  }
}

describe('the protocol of /ws', () => {
  it('is closed with 4401 without auth in 5 s, and at once when something else comes first', async () => {
    await using orrery = await startInProcess()
    const silent = raw(orrery.socketUrl)
    const hasty = raw(orrery.socketUrl)
    await hasty.open()
    hasty.say({ type: 'subscribe', topics: ['agents'] })
    await hasty.closed(4401)
    await silent.closed(4401)
  }, 30_000)

  it('answers a heartbeat with its own words, and what is no message with an error', async () => {
    await using orrery = await startInProcess()
    const socket = raw(orrery.socketUrl)
    await socket.open()
    socket.say({ type: 'auth', token: orrery.owner.token })
    socket.say({ type: 'heartbeat', ts: 42 })
    socket.say('{"type":"dance"}')
    socket.say('not json')
    await eventually('the answers', () => socket.messages.length === 4)
    expect(socket.messages.map((message) => [message.type, message.code ?? message.ts ?? null]).sort()).toEqual([
      ['error', 'message_invalid'],
      ['error', 'message_invalid'],
      ['heartbeat', 42],
      ['ready', null],
    ])
    socket.say({ type: 'auth', token: 'x'.repeat(70_000) })
    await socket.closed(4413)
  }, 30_000)

  it('refuses pages of other origins, and lets its own and scripts in', async () => {
    await using orrery = await startInProcess()
    const foreign = raw(orrery.socketUrl, { origin: 'https://evil.example' })
    await foreign.closed(4403)
    const own = raw(orrery.socketUrl, { origin: orrery.socketUrl.replace('ws', 'http').replace('/ws', '') })
    await own.open()
    own.say({ type: 'auth', token: orrery.owner.token })
    await eventually('to be let in', () => own.messages.some((message) => message.type === 'ready'))
    own.close()
  }, 30_000)

  it('brings a topic what belongs to it and nothing else, and over HTTP the same', async () => {
    await using orrery = await startInProcess()
    const { it, scheduler, gateway, owner, projectId } = orrery
    const workflow = await publishWorkflow(scheduler, owner, projectId, { steps: { a: noop, b: { ...noop, needs: 'a' } } })
    const other = await it.make.user()
    const foreign = await publishWorkflow(scheduler, other, await it.make.project(other), { steps: { a: noop } })
    const module = new Listener(orrery.socketUrl, owner.token, [`project:${projectId}/workflows`])
    await module.connect()
    const made = (await ask(scheduler, owner).post('/api/v1/runs', { workflowId: workflow.id })).json() as { id: string }
    await ask(scheduler, owner).post('/api/v1/runs', { workflowId: workflow.id })
    await ask(scheduler, other).post('/api/v1/runs', { workflowId: foreign.id })
    const run = new Listener(orrery.socketUrl, owner.token, [`run:${made.id}`])
    await run.connect()
    await eventually('the end of the run', () => run.heard.some((event) => event.type === 'execution.completed'))
    expect(new Set(run.heard.map((event) => event.lineageRef))).toEqual(new Set([made.id]))
    expect(run.heard[0]?.type).toBe('run.created')
    expect(new Set(module.heard.map((event) => event.module))).toEqual(new Set(['workflows']))
    const answer = (await ask(gateway, owner).get(`/api/v1/events?after=0&topics=run:${made.id}`)).json()
    expect(answer.items).toEqual(
      run.heard.map(({ type, ...event }) => ({ ...event, type })).map(({ eventType: _, ...event }: Record<string, unknown>) => event),
    )
    expect((await ask(gateway, other).get(`/api/v1/events?after=0&topics=run:${made.id}`)).statusCode).toBe(404)
    run.cut()
    module.cut()
  }, 30_000)
})

describe('health', () => {
  it('is told to everybody, and is degraded when a part is missing', async () => {
    await using orrery = await startInProcess()
    const answer = await ask(orrery.gateway, null).get('/health')
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        status: 'degraded',
        database: 'healthy',
        redis: 'healthy',
        memoryMcp: 'unhealthy',
        websocket: 'healthy',
        worker: 'unhealthy',
        version: expect.any(String),
      },
    ])
  })
})

it('is not well while events wait for their place in the log', async () => {
  await using s = await startInProcess()
  const health = async () => (await s.gateway.inject('/health')).json() as { status: string; websocket: string }
  expect((await health()).websocket).toBe('healthy')
  const client = await s.it.admin.connect()
  // nobody can stamp meanwhile
  await client.query('begin; lock table platform.domain_events in share mode')
  const old = { type: 'memory.stored', occurred_at: new Date(Date.now() - 60_000).toISOString(), payload: {} }
  await s.it.admin.query('insert into platform.outbox (events, count) values ($1, 1)', [JSON.stringify([old])])
  await eventually('the health to say so', async () => (await health()).websocket === 'degraded')
  await client.query('rollback')
  client.release()
})
