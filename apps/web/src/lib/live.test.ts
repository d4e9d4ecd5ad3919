import type { LiveEvent } from '@orrery/shared-types'
import { LiveConnection, type LivePhase } from './live.ts'

const { jest } = import.meta

class FakeSocket {
  readyState = 0
  sent: Record<string, unknown>[] = []
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }
  close() {
    this.readyState = 3
  }
  async open() {
    this.readyState = 1
    this.onopen?.()
    await Promise.resolve()
    await Promise.resolve()
  }
  say(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  cut(code = 1006, reason = '') {
    this.readyState = 3
    this.onclose?.({ code, reason })
  }
}

const event = (eventId: string) => ({ eventId, type: 'run.created', payload: {} }) as unknown as LiveEvent
const lastOf = <T>(list: T[]): T => {
  const last = list.at(-1)
  if (last === undefined) throw new Error('nothing there')
  return last
}

function startLine(random = () => 0.5, token: (renew: boolean) => string = () => 'token') {
  const sockets: FakeSocket[] = []
  const seen: string[] = []
  const phases: LivePhase[] = []
  let gaps = 0
  const line = new LiveConnection({
    url: 'ws://test/ws',
    token: (renew) => Promise.resolve(token(renew)),
    onEvents: (events) => seen.push(...events.map(({ eventId }) => eventId)),
    onPhase: (phase) => phases.push(phase),
    onGap: () => (gaps += 1),
    openSocket: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
    random,
  })
  line.setTopics(['agents'])
  line.start()
  const socket = () => lastOf(sockets)
  const greet = async (lastEventId: string) => {
    await socket().open()
    socket().say({ type: 'ready', connectionId: 'c', heartbeatMs: 15_000, lastEventId })
    socket().say({ type: 'subscribed', topics: ['agents'], lastEventId })
  }
  return { line, sockets, socket, seen, phases, greet, gaps: () => gaps }
}

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

it('says who it is first, then what it wants to hear', async () => {
  const { socket, greet, phases } = startLine()
  await greet('100')
  expect(socket().sent).toEqual([
    { type: 'auth', token: 'token' },
    { type: 'subscribe', topics: ['agents'] },
  ])
  expect(phases).toEqual(['connecting', 'catching_up', 'live'])
})

it('resumes behind the last event it saw and drops what comes twice', async () => {
  const { sockets, socket, greet, seen, gaps } = startLine()
  await greet('100')
  socket().say({ type: 'events', events: [event('101'), event('102')] })
  socket().cut()
  jest.advanceTimersByTime(1000)
  expect(sockets).toHaveLength(2)
  await greet('104')
  expect(socket().sent).toContainEqual({ type: 'subscribe', topics: ['agents'], lastAckEventId: '102' })
  socket().say({ type: 'events', events: [event('102'), event('103')] })
  socket().say({ ...event('104'), type: 'event', eventType: 'run.created' })
  expect(seen).toEqual(['101', '102', '103', '104'])
  expect(gaps()).toBe(1)
})

it('compares ids as numbers: 1000 comes after 999', async () => {
  const { socket, greet, seen } = startLine()
  await greet('998')
  socket().say({ type: 'events', events: [event('999'), event('1000')] })
  expect(seen).toEqual(['999', '1000'])
})

it('waits a random share of a growing pause before it comes back', () => {
  const { sockets, socket } = startLine(() => 0.999)
  for (const ceiling of [500, 1000, 2000, 4000]) {
    const before = sockets.length
    socket().cut()
    jest.advanceTimersByTime(ceiling * 0.99)
    expect(sockets).toHaveLength(before)
    jest.advanceTimersByTime(ceiling * 0.01)
    expect(sockets).toHaveLength(before + 1)
  }
})

it('beats every 15 seconds and gives up a line that has gone silent', async () => {
  const { socket, greet, phases } = startLine()
  await greet('1')
  const first = socket()
  jest.advanceTimersByTime(15_000)
  expect(lastOf(first.sent)['type']).toBe('heartbeat')
  jest.advanceTimersByTime(30_000)
  expect(lastOf(phases)).toBe('stale')
  expect(first.readyState).toBe(3)
})

it('acknowledges what it has handled, once for many', async () => {
  const { socket, greet } = startLine()
  await greet('1')
  socket().say({ type: 'events', events: [event('2'), event('3')] })
  socket().say({ type: 'events', events: [event('4')] })
  jest.advanceTimersByTime(1000)
  expect(socket().sent.filter((message) => message['type'] === 'ack')).toEqual([{ type: 'ack', eventId: '4' }])
})

it('subscribes to what is new and leaves what is no longer shown', async () => {
  const { line, socket, greet } = startLine()
  await greet('1')
  line.setTopics(['run:a'])
  expect(socket().sent.slice(-2)).toEqual([
    { type: 'unsubscribe', topics: ['agents'] },
    { type: 'subscribe', topics: ['run:a'] },
  ])
})

it('does not come back once stopped', () => {
  const { line, sockets } = startLine()
  line.stop()
  jest.advanceTimersByTime(60_000)
  expect(sockets).toHaveLength(1)
})

it('asks for another token when the gateway refused the last one', async () => {
  const asked: boolean[] = []
  const { socket, greet } = startLine(
    () => 0.5,
    (renew) => {
      asked.push(renew)
      return renew ? 'renewed' : 'old'
    },
  )
  await greet('1')
  socket().cut(4401)
  jest.advanceTimersByTime(1000)
  await greet('1')
  expect(asked).toEqual([false, true])
  expect(socket().sent[0]).toEqual({ type: 'auth', token: 'renewed' })
})

it('shows a renewed token before the old one runs out', async () => {
  let current = 'first'
  const { socket, greet } = startLine(
    () => 0.5,
    () => current,
  )
  await greet('1')
  current = 'second'
  await jest.advanceTimersByTimeAsync(15_000)
  expect(lastOf(socket().sent)).toEqual({ type: 'auth', token: 'second' })
})

it('comes back without the topic that it may not hear, rather than knocking for ever', async () => {
  const { line, socket, greet } = startLine()
  line.setTopics(['agents', 'run:gone'])
  await greet('1')
  socket().cut(4403, 'topic not allowed: run:gone')
  jest.advanceTimersByTime(1000)
  await greet('1')
  expect(lastOf(socket().sent)).toEqual({ type: 'subscribe', topics: ['agents'], lastAckEventId: '1' })
})

it('has everything fetched anew when too much was missed to be told', async () => {
  const { socket, greet, gaps } = startLine()
  await greet('1')
  socket().say({ type: 'error', code: 'resync_required', message: 'Too much was missed', recoverable: true })
  expect(gaps()).toBe(2)
})
