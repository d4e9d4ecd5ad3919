import type { EventsRing, Log, SqlPool } from '@orrery/core'
import { findEvents, findHead, type Stamped } from './event.repository.ts'

const lookEveryMs = 1000
const atOnce = 2000

/** What the follower lives on. `onRing` calls back with what the relay sent along. */
export type FollowerDeps = { pool: SqlPool; log: Log; onRing: (heard: (message: string) => void) => () => void }

/** Reads the log in order, each event once. A ring brings events along or only wakes; what is missing is read from the table. */
export class LogFollower {
  private last = 0
  private readonly deps: FollowerDeps
  private readonly heard: (events: Stamped[]) => void
  private chain: Promise<void> = Promise.resolve()
  private waiting = 0
  private stops: (() => void)[] = []

  constructor(deps: FollowerDeps, heard: (events: Stamped[]) => void) {
    this.deps = deps
    this.heard = heard
  }

  /** The place of the last event that was given on. */
  get head(): number {
    return this.last
  }

  async start(): Promise<void> {
    this.last = await findHead(this.deps.pool)
    this.stops.push(this.deps.onRing((message) => this.rung(message)))
    const timer = setInterval(() => this.enqueue(() => this.readOn()), lookEveryMs)
    timer.unref()
    this.stops.push(() => clearInterval(timer))
  }

  private rung(message: string): void {
    this.enqueue(async () => {
      const ring = JSON.parse(message) as EventsRing
      if (ring.last <= this.last) return
      if (ring.first !== this.last + 1 || !ring.events) return this.readOn()
      const { first } = ring
      this.give(ring.events.map((event, i) => ({ ...event, seq: first + i })))
    })
  }

  private enqueue(work: () => Promise<void>): void {
    // a look that waits already will find what this one would
    if (this.waiting > 100) return
    this.waiting += 1
    this.chain = this.chain
      .then(work)
      .catch((error: unknown) => this.deps.log.warn({ err: error }, 'the log was not read'))
      .finally(() => {
        this.waiting -= 1
      })
  }

  /** Reads on up to a place that another replica has reached already. False where the log ends before it. */
  async reach(place: number): Promise<boolean> {
    if (this.last >= place) return true
    const reading = this.chain.then(() => this.readOn())
    this.chain = reading.catch(() => undefined)
    await reading
    return this.last >= place
  }

  private async readOn(): Promise<void> {
    for (;;) {
      const events = await findEvents(this.deps.pool, { after: this.last, until: Number.MAX_SAFE_INTEGER, limit: atOnce })
      if (events.length === 0) return
      this.give(events)
      if (events.length < atOnce) return
    }
  }

  private give(events: Stamped[]): void {
    this.last = events.at(-1)?.seq ?? this.last
    this.heard(events)
  }

  async close(): Promise<void> {
    for (const stop of this.stops) stop()
    await this.chain
  }
}
