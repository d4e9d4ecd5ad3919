import { AppError, type Ctx, newUuid } from '@orrery/core'
import { type ClientMessage, closeCodes, type ServerMessage } from '@orrery/shared-types'
import type { WebSocket } from 'ws'
import {
  belongs,
  eventsForgotten,
  findEvents,
  findTail,
  type Listener,
  openTopic,
  type Stamped,
  type Topic,
  toLiveEvent,
  whoListens,
} from '../events/index.ts'
import { type Audience, frames, type Hall, type Member } from './audience.ts'
import type { ConnectionDeps } from './connection.deps.ts'

export const heartbeatMs = 15_000
const silentMs = 45_000
const authMs = 5000
const maxBuffered = 4 * 1024 * 1024
const maxTopics = 100
const replayPage = 2000
const maxReplayed = 100_000

type Joined = { topic: Topic; since: number }

/** One socket: who it is, what it hears, and how far. */
export class Connection implements Member {
  readonly id = newUuid()
  private readonly socket: WebSocket
  private readonly deps: ConnectionDeps
  private readonly hall: Hall
  private readonly topics = new Map<string, Joined>()
  private ctx: Ctx | undefined
  private token = ''
  private checking = false
  private listener: Listener | undefined
  private audience: Audience | undefined
  private heardAt = Date.now()
  private held: string[] | undefined
  private chain: Promise<void> = Promise.resolve()
  private readonly authTimer: NodeJS.Timeout

  constructor(socket: WebSocket, deps: ConnectionDeps, hall: Hall) {
    this.socket = socket
    this.deps = deps
    this.hall = hall
    this.authTimer = setTimeout(() => this.giveUp(), authMs)
  }

  /** Takes a message in; messages of one socket are answered in their order. */
  receive(message: ClientMessage): void {
    this.heardAt = Date.now()
    this.chain = this.chain.then(() => this.answer(message)).catch((error: unknown) => this.refuse(error))
  }

  private async answer(message: ClientMessage): Promise<void> {
    if (message.type === 'auth') return this.authenticate(message.token)
    if (!this.ctx) return this.close(closeCodes.unauthenticated, 'send auth first')
    switch (message.type) {
      case 'subscribe':
        return this.subscribe(message.topics, message.lastAckEventId)
      case 'unsubscribe':
        return this.unsubscribe(message.topics)
      case 'resync_request':
        return this.subscribe([...this.topics.keys()], message.lastAckEventId, true)
      case 'heartbeat':
        return this.say({ type: 'heartbeat', ts: message.ts ?? null })
      case 'ack':
        return
    }
  }

  /** Who sent a token is not told that it was bad when nobody could look at it in time. */
  private giveUp(): void {
    if (this.checking) this.close(closeCodes.goingAway, 'the token can not be checked now: reconnect')
    else this.close(closeCodes.unauthenticated, 'send auth within 5 s')
  }

  private async authenticate(token: string): Promise<void> {
    this.checking = true
    try {
      const actor = await this.deps.verify(token)
      const again = this.ctx !== undefined
      this.ctx = this.deps.ctx(actor, this.id)
      this.token = token
      this.listener = await whoListens(this.ctx)
      clearTimeout(this.authTimer)
      if (!again) this.say({ type: 'ready', connectionId: this.id, heartbeatMs, lastEventId: String(this.deps.head()) })
    } catch (error) {
      if (error instanceof AppError && error.kind === 'unauthenticated') this.close(closeCodes.unauthenticated, 'the token is not valid')
      else throw error
    }
  }

  private async subscribe(names: string[], lastAck: string | undefined, again = false): Promise<void> {
    const { ctx, listener } = this
    if (!ctx || !listener) return
    if (new Set([...this.topics.keys(), ...names]).size > maxTopics)
      throw new AppError('limited', 'too_many_topics', `A socket may hear ${maxTopics} topics`)
    const fresh = names.filter((name) => again || !this.topics.has(name))
    const opened = new Map<string, Topic>()
    for (const name of fresh) opened.set(name, await this.open(ctx, name))
    // who comes from a replica that is ahead of this one would hear again what it has heard there
    if (lastAck !== undefined && !(await this.deps.reach(Number(lastAck)))) throw resyncRequired('The log ends before lastAckEventId')
    if (this.socket.readyState !== this.socket.OPEN) return
    // from here on new events are held back until the old ones have been sent
    const since = this.listen(opened)
    this.say({ type: 'subscribed', topics: names, lastEventId: String(since) })
    if (lastAck !== undefined) await this.replay([...opened.values()], listener, Number(lastAck), since, again)
    for (const frame of this.held ?? []) this.send(frame)
    this.held = undefined
  }

  private async open(ctx: Ctx, name: string): Promise<Topic> {
    try {
      return await openTopic(ctx, this.deps.pool, name)
    } catch (error) {
      if (error instanceof AppError && (error.kind === 'not_found' || error.kind === 'forbidden'))
        this.close(closeCodes.forbidden, `topic not allowed: ${name}`.slice(0, 120))
      throw error
    }
  }

  /** Begins to hear topics at the place where the log stands now. */
  private listen(opened: Map<string, Topic>): number {
    if (this.audience) this.hall.leave(this, this.audience)
    else this.hall.flush()
    this.held = []
    const since = this.deps.head()
    for (const [name, topic] of opened) this.topics.set(name, { topic, since })
    this.rejoin()
    return since
  }

  private rejoin(): void {
    const topics = [...this.topics.values()].map((each) => each.topic)
    this.audience = this.listener && topics.length > 0 ? this.hall.join(this, [...this.topics.keys()], topics, this.listener) : undefined
  }

  /** Sends what was missed, each event once: not what another topic has brought already. */
  private async replay(topics: Topic[], listener: Listener, after: number, until: number, again: boolean): Promise<void> {
    const others = again ? [] : [...this.topics.values()].filter((each) => !topics.includes(each.topic))
    const projects = topics.map((topic) => ('projectId' in topic ? topic.projectId : null))
    const scope = projects.every((each) => each !== null) ? (projects as string[]) : undefined
    const wanted = (event: Stamped) =>
      topics.some((topic) => belongs(event, topic, listener)) &&
      !others.some((each) => event.seq > each.since && belongs(event, each.topic, listener))
    if (after < until && after + 1 < (await findTail(this.deps.pool))) throw eventsForgotten()
    let last = after
    for (let sent = 0; last < until; ) {
      const events = await findEvents(this.deps.pool, { after: last, until, limit: replayPage }, scope)
      const texts = events.filter(wanted).map((event) => JSON.stringify(toLiveEvent(event)))
      if (texts.length > 0) for (const frame of frames(texts)) this.send(frame)
      sent += texts.length
      last = events.at(-1)?.seq ?? until
      if (events.length < replayPage) return
      if (sent > maxReplayed) throw resyncRequired('Too much was missed to be sent again')
      await this.drained()
    }
  }

  /** Waits until the socket has taken most of what was sent. */
  private async drained(): Promise<void> {
    while (this.socket.readyState === this.socket.OPEN && this.socket.bufferedAmount > maxBuffered / 4)
      await new Promise((resolve) => setTimeout(resolve, 10))
  }

  private unsubscribe(names: string[]): void {
    if (this.audience) this.hall.leave(this, this.audience)
    for (const name of names) this.topics.delete(name)
    this.rejoin()
    this.say({ type: 'unsubscribed', topics: names })
  }

  deliver(frame: string): void {
    if (this.held) this.held.push(frame)
    else this.send(frame)
  }

  private say(message: ServerMessage): void {
    this.send(JSON.stringify(message))
  }

  private send(frame: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    if (this.socket.bufferedAmount > maxBuffered) return this.close(closeCodes.heartbeatMissed, 'too slow: reconnect and resume')
    this.socket.send(frame)
  }

  private refuse(error: unknown): void {
    if (error instanceof AppError) return this.say({ type: 'error', code: error.code, message: error.message, recoverable: true })
    this.deps.log.warn({ err: error, connection: this.id }, 'a message was not answered')
    this.say({ type: 'error', code: 'internal', message: 'Something broke on our side', recoverable: true })
  }

  /** Looks whether the socket still lives and its rights still stand. Called every second. */
  async check(deep: boolean): Promise<void> {
    if (Date.now() - this.heardAt > silentMs) return this.close(closeCodes.heartbeatMissed, 'no heartbeat')
    if (!this.ctx) return
    try {
      await this.deps.verify(this.token)
    } catch (error) {
      if (error instanceof AppError && error.kind === 'unauthenticated')
        return this.close(closeCodes.unauthenticated, 'the session has ended')
    }
    if (!deep) return
    this.listener = await whoListens(this.ctx)
    for (const name of this.topics.keys()) await this.open(this.ctx, name)
    // shared topics are heard with the rights of now
    if (this.audience) {
      this.hall.leave(this, this.audience)
      this.rejoin()
    }
  }

  get userId(): string {
    return this.listener?.userId ?? ''
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason)
    this.ended()
  }

  ended(): void {
    clearTimeout(this.authTimer)
    if (this.audience) this.hall.leave(this, this.audience)
    this.audience = undefined
    this.topics.clear()
  }
}

const resyncRequired = (why: string) =>
  new AppError('conflict', 'resync_required', `${why}; read the state anew and subscribe without lastAckEventId`)
