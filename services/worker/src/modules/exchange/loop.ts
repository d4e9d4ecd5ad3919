import { crashPoint, newId } from '@orrery/core'
import type { AttemptResult, Exchange, ExchangeAnswer, Id, LeasedStep, LogBatch } from '@orrery/shared-types'
import type { Executor } from '../executors/index.ts'
import { LogBuffer } from './log-buffer.ts'
import { runAttempt } from './run-attempt.ts'

export type LoopOptions = {
  exchange: (call: Exchange) => Promise<ExchangeAnswer>
  executors: ReadonlyMap<string, Executor>
  /** How many steps of each pool at a time. */
  room: Readonly<Record<string, number>>
  poolOf: (uses: string) => string
  failed: (error: Error) => void
  /** Called with each finished attempt, for metrics. */
  finished?: (step: LeasedStep, result: AttemptResult, ms: number) => void
}

type Running = { step: LeasedStep; abort: AbortController; logs: LogBuffer; beganAt: number; pool: string }

const waitMs = 10_000
const beatEveryMs = 1000
// a shorter attempt ends before anybody could want to stop it
const beatFromMs = 200
const logEveryMs = 100
const maxReports = 2
const maxResults = 1000

/** The one conversation of a worker with the scheduler: results go up and work comes down in the same call. */
export class ExchangeLoop {
  readonly worker: Id<'worker'> = newId('worker')
  private readonly options: LoopOptions
  private readonly running = new Map<string, Running>()
  private readonly ended: Running[] = []
  private results: AttemptResult[] = []
  /** Log lines whose call failed: they go first in the next one. */
  private readonly unsent: LogBatch[] = []
  private readonly reserved = new Map<string, number>()
  private reports = 0
  /** Pools for which a call waits at the scheduler. */
  private readonly asking = new Set<string>()
  private draining = false
  private scheduled = false
  private backoffMs = 0
  private readonly timers: NodeJS.Timeout[]
  private idle: (() => void) | undefined

  constructor(options: LoopOptions) {
    this.options = options
    this.timers = [setInterval(() => void this.beat(), beatEveryMs), setInterval(() => this.next(), logEveryMs)]
    this.next()
  }

  /** Somebody rang: there may be work. */
  wake(): void {
    this.next()
  }

  get load(): number {
    return this.running.size
  }

  /** Takes no new work, waits for what runs, tells how it ended. */
  async drain(timeoutMs: number): Promise<void> {
    this.draining = true
    const late = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref())
    const done = new Promise<void>((resolve) => {
      this.idle = resolve
      this.next()
    })
    await Promise.race([done, late])
    for (const timer of this.timers) clearInterval(timer)
    for (const each of this.running.values()) each.abort.abort(new Error('The worker is stopping'))
  }

  private next(): void {
    if (this.scheduled) return
    this.scheduled = true
    // results of the same turn of the event loop go together
    setImmediate(() => {
      this.scheduled = false
      this.pump()
    })
  }

  private pump(): void {
    if (this.draining && this.running.size === 0 && this.results.length === 0 && this.reports === 0) this.idle?.()
    if (this.backoffMs > 0) return
    const hasNews = this.results.length > 0 || this.unsent.length > 0 || this.hasLogs()
    if (hasNews && this.reports < maxReports) void this.report()
    if (this.draining || hasNews || this.reports > 0) return
    for (const [pool, room] of this.freeRoom()) if (!this.asking.has(pool)) void this.ask(pool, room)
  }

  private hasLogs(): boolean {
    for (const each of this.running.values()) if (!each.logs.isEmpty) return true
    return false
  }

  private freeRoom(): Map<string, number> {
    const used = new Map<string, number>(this.reserved)
    for (const each of this.running.values()) used.set(each.pool, (used.get(each.pool) ?? 0) + 1)
    const free = new Map<string, number>()
    for (const [pool, n] of Object.entries(this.options.room)) {
      const left = n - (used.get(pool) ?? 0)
      if (left > 0) free.set(pool, left)
    }
    return free
  }

  /** Sends what has ended and what was logged, and takes further work at once if the scheduler has it. */
  private async report(): Promise<void> {
    const results = this.results.splice(0, maxResults)
    const logs = [...this.unsent.splice(0), ...this.takeLogs()]
    this.reports += 1
    const sent = await this.call({ results, logs, heartbeats: [], waitMs: 0 }, this.draining ? new Map() : this.freeRoom())
    this.reports -= 1
    if (!sent) {
      this.results.unshift(...results)
      this.unsent.unshift(...logs)
    }
    this.next()
  }

  /** Asks for work of one pool and waits for it at the scheduler, so that a full pool holds no other one back. */
  private async ask(pool: string, room: number): Promise<void> {
    this.asking.add(pool)
    await this.call({ results: [], logs: [], heartbeats: [], waitMs }, new Map([[pool, room]]))
    this.asking.delete(pool)
    this.next()
  }

  private takeLogs(): LogBatch[] {
    const batches: LogBatch[] = []
    // what an ended step still has to say must go with its result: after it nothing is taken
    for (const { logs } of this.ended.splice(0)) for (let batch = logs.take(); batch; batch = logs.take()) batches.push(batch)
    for (const { logs } of this.running.values()) {
      const batch = logs.take()
      if (batch) batches.push(batch)
    }
    return batches
  }

  private async beat(): Promise<void> {
    const now = Date.now()
    const long = [...this.running.values()].filter((each) => now - each.beganAt > beatFromMs)
    if (long.length === 0) return
    const heartbeats = long.map(({ step }) => ({ stepId: step.stepId, attempt: step.attempt }))
    await this.call({ results: [], logs: [], heartbeats, waitMs: 0 }, new Map())
  }

  private async call(news: Pick<Exchange, 'results' | 'logs' | 'heartbeats' | 'waitMs'>, room: Map<string, number>): Promise<boolean> {
    for (const [pool, n] of room) this.reserved.set(pool, (this.reserved.get(pool) ?? 0) + n)
    try {
      const answer = await this.options.exchange({ worker: this.worker, ...news, room: Object.fromEntries(room) })
      this.backoffMs = 0
      for (const ref of answer.cancels) this.cancel(`${ref.stepId}/${ref.attempt}`)
      for (const step of answer.steps) this.begin(step)
      return true
    } catch (error) {
      this.options.failed(error as Error)
      this.holdOff()
      return false
    } finally {
      for (const [pool, n] of room) this.reserved.set(pool, (this.reserved.get(pool) ?? 0) - n)
    }
  }

  private holdOff(): void {
    this.backoffMs = Math.min(Math.max(this.backoffMs * 2, 100), 2000)
    setTimeout(
      () => {
        this.backoffMs = 0
        this.next()
      },
      this.backoffMs * (0.5 + Math.random() / 2),
    ).unref()
  }

  private begin(step: LeasedStep): void {
    const each: Running = {
      step,
      abort: new AbortController(),
      logs: new LogBuffer(step.stepId, step.attempt),
      beganAt: Date.now(),
      pool: this.options.poolOf(step.uses),
    }
    const key = `${step.stepId}/${step.attempt}`
    this.running.set(key, each)
    const executor = this.options.executors.get(step.uses)
    void runAttempt(step, executor, each.abort.signal, (stream, text) => each.logs.add(stream, text)).then((result) => {
      if (step.uses === 'http') crashPoint('after-effect-before-result')
      this.options.finished?.(step, result, Date.now() - each.beganAt)
      this.running.delete(key)
      // a canceled attempt has nothing to say
      if (each.abort.signal.aborted) return this.next()
      if (!each.logs.isEmpty) this.ended.push(each)
      this.results.push(result)
      this.next()
    })
  }

  private cancel(key: string): void {
    this.running.get(key)?.abort.abort(new Error('The lease is gone'))
  }
}
