import { AppError, actorId, type Ctx, type IdempotencyKey, type Log, type SqlPool, uuidOf } from '@orrery/core'
import type { Exchange, ExchangeAnswer, Id } from '@orrery/shared-types'
import type { Json, Plans } from '../workflows/index.ts'
import { trackClock } from './clock.ts'
import type { Admission, Command, NewRun } from './commands.ts'
import { loadBounds } from './engine.repository.ts'
import { type Caller, exchange } from './exchange.ts'
import type { GroupResult } from './group.ts'
import { keepMoving } from './keep-moving.ts'
import { Limits } from './limits.ts'
import type { StepRef } from './step-id.ts'
import { Writer } from './writer.ts'

type DrainAudit = Extract<Command, { kind: 'drain' }>['audit']

type Decision = { approve: boolean; comment: string | null }

/** Moves runs. Whatever it accepts is committed before it answers. */
export type Engine = {
  /** Makes a run: `repeated` when its idempotency key was used before, `refused` when the dead letters it was to take are closed. */
  create: (run: NewRun, ctx: Ctx, answer: unknown) => Promise<Admission>
  /** False when the run has ended already. What was done with this key before is not done again. */
  cancel: (runId: Id<'run'>, by: NewRun['by'], key?: IdempotencyKey | null) => Promise<boolean>
  /** Gives a signal to a run. False when the run has ended already. */
  signal: (runId: Id<'run'>, name: string, payload: Json, by: NewRun['by'], key?: IdempotencyKey | null) => Promise<boolean>
  /** Gives a decision to a step that waits for it. False when it was decided before, or its run has ended. */
  decide: (ref: StepRef, decision: Decision, by: NewRun['by'], key?: IdempotencyKey | null) => Promise<boolean>
  /** Takes what a worker says and gives it work. */
  exchange: (call: Exchange, caller?: Caller) => Promise<ExchangeAnswer>
  /** Gives up steps that are ready, as somebody asked for, and says how many they were. */
  drain: (refs: StepRef[], by: NewRun['by'], audit: DrainAudit) => Promise<number>
  /** Reads anew what bounds the queues. */
  refreshLimits: () => Promise<void>
  /** Looks for ready steps for the workers that wait here. */
  poke: () => void
  /** The database's time in ms. */
  now: () => number
  /** How long a worker may be silent before its steps are given to another. */
  leaseMs: number
  close: () => Promise<void>
}

export type EngineOptions = {
  pool: SqlPool
  /** For the transactions: statements are sent without waiting for each other's answers. */
  pipelined: SqlPool
  log: Log
  /** How long a worker may be silent before its steps are given to another. */
  leaseMs: number
  plans: Plans
  /** After each commit that said something: the relay may look. */
  published: () => void
  /** Rings for workers that don't wait here. */
  ringPool: (pool: string) => void
  /** Calls back when another process says that there may be work. */
  onWork: (heard: () => void) => () => void
  /** For metrics: each transaction, with the number of events that it wrote. */
  measured: (events: number) => void
}

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { pool, log, plans, leaseMs } = options
  const clock = await trackClock(pool, log)
  const limits = new Limits()
  limits.bounds = await loadBounds(pool)
  const writer = new Writer({ pool: options.pipelined, plans, log, leaseMs, limits, committed })
  const moving = keepMoving({ pool, log, writer, limits, onWork: options.onWork })

  function committed(result: GroupResult): void {
    options.measured(result.events)
    if (result.events > 0) options.published()
    if (result.leftReady > 0) options.ringPool('default')
    if (result.dueNow) moving.soon()
    if (result.nextReadyMs !== null) setTimeout(() => writer.poke(), result.nextReadyMs + 2).unref()
  }

  return {
    create: (run, ctx, answer) =>
      new Promise((resolve, reject) => {
        writer.submit({ kind: 'create', run, key: ctx.idempotency, answer, done: resolve, fail: reject })
      }),
    cancel: (runId, by, key = null) =>
      new Promise((resolve, reject) => {
        writer.submit({ kind: 'cancel', run: uuidOf('run', runId), by, key, done: resolve, fail: reject })
      }),
    signal: (runId, name, payload, by, key = null) =>
      new Promise((resolve, reject) => {
        writer.submit({ kind: 'signal', run: uuidOf('run', runId), name, payload, by, key, done: resolve, fail: reject })
      }),
    decide: (ref, decision, by, key = null) =>
      new Promise((resolve, reject) => {
        writer.submit({ kind: 'decide', ref, ...decision, by, key, done: resolve, fail: reject })
      }),
    exchange: (call, caller = {}) => exchange({ writer, pool, leaseMs }, call, caller),
    drain: (refs, by, audit) =>
      new Promise((resolve, reject) => {
        writer.submit({ kind: 'drain', refs, by, audit, done: resolve, fail: reject })
      }),
    async refreshLimits() {
      limits.bounds = await loadBounds(pool)
      writer.poke()
    },
    poke: () => writer.poke(),
    now: clock.now,
    leaseMs,
    async close() {
      moving.close()
      clock.close()
      await writer.close()
    },
  }
}

/** Who a run is made by, for its audit entry. */
export const auditBy = (ctx: Ctx): NewRun['by'] => ({
  actor_kind: ctx.actor.kind,
  actor_id: actorId(ctx.actor),
  ip: ctx.ip,
  request_id: ctx.requestId,
})

/** Answered with the answer of the first request. */
export const keyTaken = (): AppError => new AppError('conflict', 'idempotency_key_taken', 'This Idempotency-Key was used before')
