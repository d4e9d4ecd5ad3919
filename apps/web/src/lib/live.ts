import type { ClientMessage, closeCodes, LiveEvent, ServerMessage } from '@orrery/shared-types'
import { timings } from '../config/config.ts'

export type LivePhase = 'off' | 'connecting' | 'catching_up' | 'live' | 'stale'
export type LiveOptions = {
  url: string
  /** `renew` asks for another one than was refused. */
  token: (renew: boolean) => Promise<string | null>
  onEvents: (events: LiveEvent[]) => void
  /** `since` is when the line was last heard, for a stale one. */
  onPhase: (phase: LivePhase, since: number) => void
  /** What was fetched before may have missed events: fetch it again. */
  onGap: () => void
  openSocket?: (url: string) => WebSocket
  random?: () => number
}

// Named here rather than imported: the values of shared-types would bring the schema library into the first load.
const refusals: Pick<typeof closeCodes, 'unauthenticated' | 'forbidden'> = { unauthenticated: 4401, forbidden: 4403 }

const isNewer = (id: string, than: string | null) => than === null || BigInt(id) > BigInt(than)

/** One line to the realtime gateway. Cut, it comes back after a random pause and resumes behind the last event it saw. */
export class LiveConnection {
  readonly #options: LiveOptions
  readonly #topics = new Set<string>()
  readonly #denied = new Set<string>()
  #socket: WebSocket | null = null
  #ready = false
  #resuming = false
  #token: string | null = null
  #renew = false
  #stopped = true
  #lastEventId: string | null = null
  #attempt = 0
  #heardAt = Date.now()
  #retry: ReturnType<typeof setTimeout> | null = null
  #heartbeat: ReturnType<typeof setInterval> | null = null
  #ack: ReturnType<typeof setTimeout> | null = null

  constructor(options: LiveOptions) {
    this.#options = options
  }

  get lastEventId(): string | null {
    return this.#lastEventId
  }

  start(): void {
    this.#stopped = false
    this.#connect()
  }

  stop(): void {
    this.#stopped = true
    this.#drop()
    this.#options.onPhase('off', this.#heardAt)
  }

  setTopics(topics: Iterable<string>): void {
    const asked = new Set(topics)
    for (const topic of this.#denied) if (!asked.has(topic)) this.#denied.delete(topic)
    const wanted = new Set([...asked].filter((topic) => !this.#denied.has(topic)))
    const gone = [...this.#topics].filter((topic) => !wanted.has(topic))
    const fresh = [...wanted].filter((topic) => !this.#topics.has(topic))
    for (const topic of gone) this.#topics.delete(topic)
    for (const topic of fresh) this.#topics.add(topic)
    if (!this.#ready) return
    if (gone.length > 0) this.#send({ type: 'unsubscribe', topics: gone })
    if (fresh.length > 0) this.#send({ type: 'subscribe', topics: fresh })
  }

  /** Tries again at once, as when the network came back. */
  poke(): void {
    if (!this.#stopped && !this.#socket) this.#connect()
  }

  #connect(): void {
    this.#clearRetry()
    if (this.#lastEventId === null) this.#options.onPhase('connecting', this.#heardAt)
    const open = this.#options.openSocket ?? ((url: string) => new WebSocket(url))
    const socket = open(this.#options.url)
    this.#socket = socket
    const ifCurrent = (work: () => void) => {
      if (this.#socket === socket) work()
    }
    socket.onopen = () => ifCurrent(() => void this.#authenticate(socket))
    socket.onmessage = (message) => ifCurrent(() => this.#receive(parse(message.data)))
    socket.onclose = (event) => ifCurrent(() => this.#closed(event))
  }

  async #authenticate(socket: WebSocket): Promise<void> {
    const token = await this.#options.token(this.#renew)
    if (this.#socket !== socket) return
    this.#renew = false
    this.#token = token
    if (token) this.#send({ type: 'auth', token })
    else this.#lost()
  }

  /** The gateway closes a line whose token has run out, so a renewed one is shown in time. */
  async #showNewToken(socket: WebSocket | null): Promise<void> {
    const token = await this.#options.token(false)
    if (!token || token === this.#token || this.#socket !== socket || !this.#ready) return
    this.#token = token
    this.#send({ type: 'auth', token })
  }

  #closed({ code, reason }: CloseEvent): void {
    if (code === refusals.unauthenticated) this.#renew = true
    const denied = code === refusals.forbidden ? /topic not allowed: (\S+)/.exec(reason)?.[1] : undefined
    if (denied && this.#topics.delete(denied)) this.#denied.add(denied)
    this.#lost()
  }

  #receive(message: ServerMessage | null): void {
    this.#heardAt = Date.now()
    if (!message) return
    if (message.type === 'ready') this.#begin()
    else if (message.type === 'subscribed') this.#subscribed(message.lastEventId)
    else if (message.type === 'event') this.#take([toLiveEvent(message)])
    else if (message.type === 'events') this.#take(message.events)
    else if (message.type === 'snapshot' || (message.type === 'error' && message.code === 'resync_required')) this.#options.onGap()
    else if (message.type === 'stale_state' && message.isStale)
      this.#options.onPhase('stale', Date.parse(message.lastSuccessfulUpdateAt ?? '') || Date.now())
    else if (message.type === 'stale_state') this.#options.onPhase('live', this.#heardAt)
  }

  #begin(): void {
    this.#ready = true
    this.#attempt = 0
    this.#heartbeat = setInterval(() => this.#beat(), timings.heartbeatMs)
    this.#resuming = this.#lastEventId !== null
    this.#options.onPhase('catching_up', this.#heardAt)
    const resume = this.#lastEventId === null ? {} : { lastAckEventId: this.#lastEventId }
    if (this.#topics.size > 0) this.#send({ type: 'subscribe', topics: [...this.#topics], ...resume })
  }

  #subscribed(lastEventId: string): void {
    if (!this.#resuming) {
      if (isNewer(lastEventId, this.#lastEventId)) this.#lastEventId = lastEventId
      this.#options.onGap()
    }
    this.#resuming = false
    this.#options.onPhase('live', this.#heardAt)
  }

  #take(events: LiveEvent[]): void {
    const fresh = events.filter((event) => {
      if (!isNewer(event.eventId, this.#lastEventId)) return false
      this.#lastEventId = event.eventId
      return true
    })
    if (fresh.length === 0) return
    this.#options.onEvents(fresh)
    this.#ack ??= setTimeout(() => this.#acknowledge(), timings.ackMs)
  }

  #acknowledge(): void {
    this.#ack = null
    if (this.#ready && this.#lastEventId !== null) this.#send({ type: 'ack', eventId: this.#lastEventId })
  }

  #beat(): void {
    if (Date.now() - this.#heardAt > timings.silenceMs) this.#lost()
    else {
      this.#send({ type: 'heartbeat', ts: Date.now() })
      void this.#showNewToken(this.#socket)
    }
  }

  /** Full jitter: a thousand tabs that lost the same server don't come back in the same moment. */
  #lost(): void {
    this.#drop()
    if (this.#stopped) return
    this.#options.onPhase('stale', this.#heardAt)
    const ceiling = Math.min(timings.reconnectMaxMs, timings.reconnectBaseMs * 2 ** this.#attempt)
    this.#attempt += 1
    this.#retry = setTimeout(() => this.#connect(), (this.#options.random ?? Math.random)() * ceiling)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = null
    this.#ready = false
    this.#clearRetry()
    if (this.#heartbeat) clearInterval(this.#heartbeat)
    if (this.#ack) clearTimeout(this.#ack)
    this.#heartbeat = null
    this.#ack = null
    socket?.close()
  }

  #clearRetry(): void {
    if (this.#retry) clearTimeout(this.#retry)
    this.#retry = null
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message))
  }
}

/** The gateway speaks the contract; what isn't JSON is dropped. */
function parse(data: unknown): ServerMessage | null {
  try {
    return JSON.parse(String(data)) as ServerMessage
  } catch {
    return null
  }
}

function toLiveEvent({ eventType, ...event }: Extract<ServerMessage, { type: 'event' }>): LiveEvent {
  return { ...event, type: eventType }
}
