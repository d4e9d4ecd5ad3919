import { setTimeout as pause } from 'node:timers/promises'
import type { SqlPool } from '@orrery/core'
import { storable, uuidOf } from '@orrery/core'
import type { AttemptRef, Exchange, ExchangeAnswer, Id, LeasedStep } from '@orrery/shared-types'
import type { Json } from '../workflows/index.ts'
import type { AttemptEnd, Claimer } from './commands.ts'
import * as repository from './engine.repository.ts'
import { refusedCode } from './mend-call.ts'
import { poolOf } from './pool.ts'
import { readStepId } from './step-id.ts'
import type { Writer } from './writer.ts'

/** `project` where the worker is one of a project's own: it is heard on its queues alone. Nothing is given to one that is `gone`. */
export type Caller = { project?: Id<'project'>; gone?: AbortSignal }
type Desk = { writer: Writer; pool: SqlPool; leaseMs: number }

// a call whose worker is gone without a word takes steps as long as it waits: never the same one twice
const leasesPerWait = 3
// two calls in a row tell of a cancellation within the 2 s that are promised
const longestBeatMs = 1000

/** Takes what a worker says and answers with what it is to do, in one round trip. */
export async function exchange({ writer, pool, leaseMs }: Desk, given: Exchange, { project, gone }: Caller): Promise<ExchangeAnswer> {
  const { call, foreign } = project ? await ownPart(pool, given, project) : { call: given, foreign: [] }
  noteWorker(pool, call)
  const beating = heartbeat(pool, leaseMs, call.heartbeats).then((lost) => [...lost, ...foreign])
  const hasNews = call.results.length > 0 || call.logs.length > 0
  // whoever is at work hears of cancellations at once: here, or in the answer to its next call
  const isAtWork = given.heartbeats.length > 0
  const longest = isAtWork ? Math.min(longestBeatMs, leaseMs / leasesPerWait) : leaseMs / leasesPerWait
  const waitMs = hasNews || (isAtWork && (await beating).length > 0) ? 0 : Math.min(call.waitMs ?? 0, longest)
  const asks = Object.values(call.room).some((n) => n > 0)
  // who has no room asks for time alone: an answer at once would only be followed by the next call
  if (!hasNews && !asks && waitMs > 0) await pause(waitMs, undefined, { signal: gone, ref: false }).catch(() => undefined)
  const [steps, cancels] = await Promise.all([takeAndGive(writer, call, waitMs, gone), beating])
  return { steps, cancels }
}

/** What of a call is about the project's own queues. Of other steps it is told to let go, as of those it has lost. */
async function ownPart(pool: SqlPool, call: Exchange, project: Id<'project'>): Promise<{ call: Exchange; foreign: AttemptRef[] }> {
  const uuid = uuidOf('project', project)
  const ids = [...call.results, ...call.heartbeats, ...call.logs].map((each) => each.stepId)
  const refs = [...new Set(ids)].flatMap((id) => readStepId(id) ?? [])
  const own = new Set(refs.length > 0 ? (await repository.findOwn(pool, refs, uuid)).map((row) => `${row.run_id}/${row.ordinal}`) : [])
  const isOwn = ({ stepId }: { stepId: Id<'step'> }) => {
    const ref = readStepId(stepId)
    return ref !== undefined && own.has(`${ref.run}/${ref.ordinal}`)
  }
  const room = Object.fromEntries(Object.entries(call.room).map(([name, n]) => [poolOf(`queue:${name.replace(/^queue:/, '')}`, uuid), n]))
  const mine = { results: call.results.filter(isOwn), heartbeats: call.heartbeats.filter(isOwn), logs: call.logs.filter(isOwn) }
  return { call: { ...call, ...mine, room }, foreign: call.heartbeats.filter((each) => !isOwn(each)) }
}

function takeAndGive(writer: Writer, call: Exchange, waitMs: number, gone: AbortSignal | undefined): Promise<LeasedStep[]> {
  const room = new Map(Object.entries(call.room).filter(([, n]) => n > 0))
  if (call.results.length === 0 && call.logs.length === 0 && room.size === 0) return Promise.resolve([])
  return new Promise((resolve, reject) => {
    const until = waitMs === 0 ? 0 : Date.now() + waitMs
    const claimer: Claimer = { worker: uuidOf('worker', call.worker), room, given: [], resolve, until, gone }
    const logs = call.logs.flatMap(({ stepId, attempt, lines }) => {
      const ref = readStepId(stepId)
      return ref ? [{ run_id: ref.run, ordinal: ref.ordinal, attempt, lines: storable(lines) }] : []
    })
    writer.submit({ kind: 'exchange', results: call.results.flatMap(toEnd), logs, claimer, fail: reject })
  })
}

function toEnd(result: Exchange['results'][number]): AttemptEnd[] {
  const ref = readStepId(result.stepId)
  if (!ref) return []
  const { error } = result
  const end = error
    ? { error: storable({ code: error.code, message: error.message }), retryable: error.retryable, retryAfterMs: error.retryAfterMs ?? 0 }
    : { output: storable((result.output ?? null) as Json) }
  return [{ ...ref, attempt: result.attempt, end, refused: error?.code === refusedCode }]
}

/** Prolongs the leases that are still held and names those that are not. */
async function heartbeat(pool: SqlPool, leaseMs: number, refs: readonly AttemptRef[]): Promise<AttemptRef[]> {
  if (refs.length === 0) return []
  const known = refs.flatMap((given) => {
    const ref = readStepId(given.stepId)
    return ref ? [{ ...ref, attempt: given.attempt, given }] : []
  })
  await repository.prolong(pool, known, leaseMs)
  const still = new Set((await repository.stillLeased(pool, known)).map((row) => `${row.run_id}/${row.ordinal}`))
  return known.filter((each) => !still.has(`${each.run}/${each.ordinal}`)).map((each) => each.given)
}

const noteEveryMs = 5000
const noted = new Map<string, number>()

/** Keeps who was heard of, seldom enough to cost nothing: it tells why a step waits, and decides nothing. */
function noteWorker(pool: SqlPool, { worker, room }: Exchange): void {
  const pools = Object.keys(room)
  const key = `${worker} ${pools.join(' ')}`
  if (pools.length === 0 || Date.now() - (noted.get(key) ?? 0) < noteEveryMs) return
  if (noted.size > 1000) noted.clear()
  noted.set(key, Date.now())
  repository.sawWorker(pool, uuidOf('worker', worker), pools).catch(() => noted.delete(key))
}
