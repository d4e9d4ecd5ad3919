import { AppError, actorId, type Ctx, uuidOf } from '@orrery/core'
import { Counter, type Deps, Histogram } from '@orrery/service-kit'
import type { AttemptRef, Exchange, ExchangeAnswer, Id, LeasedStep } from '@orrery/shared-types'
import type { Json, Plans } from '../workflows/index.ts'
import { trackClock } from './clock.ts'
import type { AttemptEnd, Claimer, NewRun } from './commands.ts'
import * as repository from './engine.repository.ts'
import type { GroupResult } from './group.ts'
import { keepMoving } from './keep-moving.ts'
import { readStepId } from './step-id.ts'
import { createWriter } from './writer.ts'

/** Moves runs. Whatever it accepts is committed before it answers. */
export type Engine = {
  /** Makes a run. False when its idempotency key was used before. */
  create: (run: NewRun, ctx: Ctx, answer: unknown) => Promise<boolean>
  /** False when the run has ended already. */
  cancel: (runId: Id<'run'>, by: NewRun['by']) => Promise<boolean>
  exchange: (call: Exchange) => Promise<ExchangeAnswer>
  /** Looks for ready steps for the workers that wait here. */
  poke: () => void
  now: () => number
  close: () => Promise<void>
}

export type EngineOptions = { deps: Deps; plans: Plans; ringPool: (pool: string) => void }

export async function createEngine({ deps, plans, ringPool }: EngineOptions): Promise<Engine> {
  const { pool, log, bells, registry } = deps
  const groups = new Histogram({ name: 'orrery_engine_group_events', help: 'Events written by one transaction', buckets: [0, 1, 5, 20, 100, 500, 2000, 10_000], registers: [registry] })
  const settled = new Counter({ name: 'orrery_engine_groups_total', help: 'Transactions of the engine', registers: [registry] })
  const clock = await trackClock(pool, log)
  const writer = createWriter({ pool, plans, log, now: clock.now, committed })

  function committed(result: GroupResult): void {
    settled.inc()
    groups.observe(result.events)
    if (result.events > 0) bells.ring('outbox')
    if (result.leftReady > 0) ringPool('default')
    if (result.dueNow) moving.soon()
    if (result.nextReadyMs !== null) setTimeout(writer.poke, result.nextReadyMs + 2).unref()
  }
  const moving = keepMoving({ deps, writer })

  return {
    create: (run, ctx, answer) =>
      new Promise((resolve, reject) => {
        writer.submit({ kind: 'create', run, key: ctx.idempotency, answer, done: (taken) => resolve(!taken), fail: reject })
      }),
    cancel: (runId, by) =>
      new Promise((resolve, reject) => {
        writer.submit({ kind: 'cancel', run: uuidOf('run', runId), by, done: resolve, fail: reject })
      }),
    async exchange(call) {
      const steps = exchangeSteps(call)
      const [given, cancels] = await Promise.all([steps, heartbeat(call.heartbeats)])
      return { steps: given, cancels }
    },
    poke: writer.poke,
    now: clock.now,
    async close() {
      moving.close()
      clock.close()
      await writer.close()
    },
  }

  function exchangeSteps(call: Exchange): Promise<LeasedStep[]> {
    const room = new Map(Object.entries(call.room).filter(([, n]) => n > 0))
    if (call.results.length === 0 && call.logs.length === 0 && room.size === 0) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      // an answer that can't wait long for work goes out with the heartbeats' answer
      const until = room.size > 0 && call.results.length === 0 && call.logs.length === 0 ? Date.now() + (call.waitMs ?? 0) : 0
      const claimer: Claimer = { worker: uuidOf('worker', call.worker), room, given: [], resolve, until }
      const logs = call.logs.flatMap(({ stepId, attempt, lines }) => {
        const ref = readStepId(stepId)
        return ref ? [{ run_id: ref.run, ordinal: ref.ordinal, attempt, lines }] : []
      })
      writer.submit({ kind: 'exchange', results: call.results.flatMap(toEnd), logs, claimer, fail: reject })
    })
  }

  /** Prolongs the leases that are still held and names those that are not. */
  async function heartbeat(refs: readonly AttemptRef[]): Promise<AttemptRef[]> {
    if (refs.length === 0) return []
    const known = refs.flatMap((each) => {
      const ref = readStepId(each.stepId)
      return ref ? [{ ...ref, attempt: each.attempt, given: each }] : []
    })
    await repository.prolong(pool, known)
    const still = new Set((await repository.stillLeased(pool, known)).map((row) => `${row.run_id}/${row.ordinal}`))
    return known.filter((each) => !still.has(`${each.run}/${each.ordinal}`)).map((each) => each.given)
  }
}

function toEnd(result: Exchange['results'][number]): AttemptEnd[] {
  const ref = readStepId(result.stepId)
  if (!ref) return []
  const { error } = result
  const end = error ? { error: { code: error.code, message: error.message }, retryable: error.retryable } : { output: (result.output ?? null) as Json }
  return [{ ...ref, attempt: result.attempt, end }]
}

/** Who a run is made by, for its audit entry. */
export const auditBy = (ctx: Ctx): NewRun['by'] => ({ actor_kind: ctx.actor.kind, actor_id: actorId(ctx.actor), ip: ctx.ip, request_id: ctx.requestId })

/** Answered with the answer of the first request. */
export const keyTaken = (): AppError => new AppError('conflict', 'idempotency_key_taken', 'This Idempotency-Key was used before')
