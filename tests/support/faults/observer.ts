import { setTimeout as pause } from 'node:timers/promises'
import type { LiveEvent } from '@orrery/shared-types'
import WebSocket from 'ws'

type Message = { type: string; eventId?: string; events?: LiveEvent[]; code?: string | number }

/** A client of /ws that comes back by itself after every cut, resumes after the last event it heard, and keeps what it heard. */
export class Observer {
  /** Places in the log, in the order in which they came. */
  readonly heard: number[] = []
  readonly complaints: string[] = []
  cuts = 0
  private readonly urls: string[]
  private readonly token: string
  private readonly topic: string
  private socket: WebSocket | undefined
  private closed = false
  private turn = 0
  private lastWord = Date.now()
  private readonly beat: NodeJS.Timeout

  constructor(urls: string[], token: string, topic: string) {
    this.urls = urls
    this.token = token
    this.topic = topic
    this.beat = setInterval(() => this.heartbeat(), 5000)
    this.connect()
  }

  /** A gateway that says nothing at all has lost us: a browser would leave it as well. */
  private heartbeat(): void {
    if (Date.now() - this.lastWord > 15_000) return this.socket?.terminate()
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: 'heartbeat', ts: Date.now() }))
  }

  private connect(): void {
    const url = this.urls[this.turn++ % this.urls.length] ?? ''
    const socket = new WebSocket(url, { handshakeTimeout: 5000 })
    this.socket = socket
    this.lastWord = Date.now()
    socket.on('error', () => undefined)
    socket.on('open', () => socket.send(JSON.stringify({ type: 'auth', token: this.token })))
    socket.on('message', (data: Buffer) => this.hear(socket, JSON.parse(data.toString()) as Message))
    socket.on('close', (code) => {
      if (code === 4401 || code === 4403) this.complaints.push(`an observer was turned away with ${code}`)
      if (!this.closed) void pause(50 + Math.random() * 200).then(() => !this.closed && this.connect())
    })
  }

  private hear(socket: WebSocket, message: Message): void {
    // what a line that was cut still brings is not ours any more
    if (socket !== this.socket) return
    this.lastWord = Date.now()
    if (message.type === 'ready')
      socket.send(JSON.stringify({ type: 'subscribe', topics: [this.topic], lastAckEventId: String(this.heard.at(-1) ?? 0) }))
    if (message.type === 'events') for (const event of message.events ?? []) this.heard.push(Number(event.eventId))
    if (message.type === 'event') this.heard.push(Number(message.eventId))
    if (message.type === 'error') {
      // the subscription was not taken: without the database nobody can say what we may hear
      if (message.code !== 'internal') this.complaints.push(`an observer was told ${JSON.stringify(message)}`)
      socket.terminate()
    }
  }

  cut(): void {
    this.cuts += 1
    this.socket?.terminate()
  }

  async close(): Promise<void> {
    this.closed = true
    clearInterval(this.beat)
    this.socket?.terminate()
  }
}

/** What of the log an observer has not heard, heard twice, or in another order; null when all is well. */
export function unlike(heard: readonly number[], log: readonly number[]): string | null {
  const at = log.findIndex((seq, i) => heard[i] !== seq)
  if (at === -1 && heard.length === log.length) return null
  return `heard ${heard.length} of ${log.length} events; at place ${at} ${heard.slice(Math.max(at - 1, 0), at + 3).join(' ')} instead of ${log.slice(Math.max(at - 1, 0), at + 3).join(' ')}`
}
