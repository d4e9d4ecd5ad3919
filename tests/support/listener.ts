import type { LiveEvent } from '@orrery/shared-types'
import WebSocket from 'ws'

type Message = { type: string; eventId?: string; events?: LiveEvent[]; eventType?: string } & Record<string, unknown>

/** A client of /ws that keeps what it hears and can be cut and resumed, as a browser behind a bad line would. */
export class Listener {
  readonly heard: LiveEvent[] = []
  readonly messages: Message[] = []
  private readonly url: string
  private readonly token: string
  private readonly topics: string[]
  private socket: WebSocket | undefined
  lastCode: number | undefined

  constructor(url: string, token: string, topics: string[]) {
    this.url = url
    this.token = token
    this.topics = topics
  }

  /** Connects and subscribes from the last event it heard. Settles once it is subscribed. */
  connect(url = this.url): Promise<void> {
    const socket = new WebSocket(url)
    this.socket = socket
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('close', (code) => {
        this.lastCode = code
        reject(new Error(`closed with ${code}`))
      })
      socket.once('open', () => socket.send(JSON.stringify({ type: 'auth', token: this.token })))
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as Message
        this.messages.push(message)
        if (message.type === 'ready') {
          const last = this.heard.at(-1)?.eventId
          socket.send(JSON.stringify({ type: 'subscribe', topics: this.topics, lastAckEventId: last ?? '0' }))
        }
        if (message.type === 'subscribed') resolve()
        if (message.type === 'events') this.heard.push(...(message.events ?? []))
        if (message.type === 'event') this.heard.push({ ...message, type: message.eventType } as unknown as LiveEvent)
      })
    })
  }

  /** Cuts the line without a word, in the middle of whatever is under way. */
  cut(): void {
    this.socket?.removeAllListeners()
    this.socket?.on('error', () => undefined)
    this.socket?.terminate()
  }
}
