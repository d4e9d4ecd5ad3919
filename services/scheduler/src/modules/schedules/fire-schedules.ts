import { crashPoint, type SqlClient, type SqlPool, type Statement } from '@orrery/core'
import type { CatchUp, Overlap } from '@orrery/shared-types'
import type { Machinery } from '../../context.ts'
import { type Group, inGroup, type NewRun, newRunUuid, type Work } from '../engine/index.ts'
import { type Busy, type Decided, type Decision, decideTicks, type Planned } from './decide-ticks.policy.ts'
import {
  type Advanced,
  advanceSchedules,
  claimFires,
  type DueRow,
  findBusy,
  findSoon,
  forgetFires,
  type NewFire,
  nextDueMs,
  putFires,
  takeDue,
} from './fire.repository.ts'
import { keepDays } from './ledger.policy.ts'
import { planned, type Tick } from './schedule.policy.ts'
import { byClock, prepare, type Ready, Teller, whenOf } from './tick-run.ts'

const schedulesAtOnce = 400
const ticksAtOnce = 100
const soonAtOnce = 2000

/** How many schedules were answered, whether more are due at this moment, and in how many ms the next one is. */
export type Fired = { count: number; crowd: boolean; nextMs: number | null }

/**
 * Answers the ticks that are due: for each its row in the ledger, its run and the next time, all in one transaction.
 * What makes a tick start one run is the key of that row, whoever answers it.
 */
export async function fireSchedules(pool: SqlPool, machinery: Machinery): Promise<Fired> {
  const count = await inGroup(pool, machinery, (work) => answerDue(work, putAll)).catch((error: unknown) => {
    if (!isTaken(error)) throw error
    return inGroup(pool, machinery, (work) => answerDue(work, claimFree))
  })
  if (count === 0) return { count, crowd: false, nextMs: await nextDueMs(pool) }
  machinery.engine.poke()
  return { count, crowd: count === schedulesAtOnce, nextMs: 0 }
}

/** Works out beforehand what a crowd of ticks will need in the same moment: their next times and their workflows. */
export async function prepareSoon(pool: SqlPool, machinery: Machinery, withinMs: number): Promise<void> {
  for (const row of await findSoon(pool, withinMs, soonAtOnce)) {
    decide(row, await prepare(machinery, row), row.next_fire_at, { running: 0, waiting: 0 })
  }
}

const forgetAtOnce = 10_000

/** Keeps the ledger at what people look at. */
export async function forgetOldFires(pool: SqlPool): Promise<void> {
  while ((await forgetFires(pool, keepDays, forgetAtOnce)) === forgetAtOnce);
}

type Answer = { row: DueRow; planned: Planned; decided: Decided; ready: Ready; running: string[] }

async function answerDue({ client, group, machinery, now }: Work, enter: Enter): Promise<number> {
  const due = await takeDue(client, schedulesAtOnce)
  const busy = await busyOf(client, due)
  const answers: Answer[] = []
  for (const row of due) {
    const load = busy.get(row.id)
    const ready = await prepare(machinery, row)
    const known = { running: load?.running.length ?? 0, waiting: load?.waiting ?? 0 }
    answers.push({ row, running: load?.running ?? [], ...decide(row, ready, now, known) })
  }
  const ticks = answers.flatMap((answer) => toFires(answer, now))
  const { entered, later } = await enter(client, ticks)
  const mine = Map.groupBy(entered, (each) => each.schedule_id)
  const advanced = answers.map((answer) => conclude(group, answer, mine.get(answer.row.id) ?? []))
  group.along([...later, ...advanceSchedules(advanced)], () => {
    if (entered.length > 0) crashPoint('after-fire-before-commit')
  })
  await group.run(cancels(answers), [])
  return due.length
}

/** Says which ticks this transaction enters into the ledger, and what has still to be sent for that. */
type Enter = (client: SqlClient, ticks: NewFire[]) => Promise<{ entered: NewFire[]; later: Statement[] }>

/** Nearly always no tick is there before it is due: all are put down at once, and one that was there undoes the transaction. */
const putAll: Enter = async (_client, ticks) => ({ entered: ticks, later: putFires(ticks) })

/** Somebody filled the past in up to this very tick: only what is free is taken. */
const claimFree: Enter = async (client, ticks) => {
  const fresh = await claimFires(client, ticks)
  const claimed = new Set(fresh.map((each) => keyOf(each.schedule_id, each.fire_at)))
  return { entered: ticks.filter((each) => claimed.has(keyOf(each.schedule_id, each.fire_at))), later: [] }
}

const isTaken = (error: unknown): boolean => (error as { code?: unknown }).code === '23505'

/** One schedule that can't be read any more must not hold up the others: it is paused, with its tick on record. */
function decide(row: DueRow, ready: Ready, now: Date, busy: Busy): Pick<Answer, 'planned' | 'decided' | 'ready'> {
  const schedule = plannedOf(row)
  try {
    return { planned: schedule, decided: decideTicks(schedule, row.next_fire_at, now, busy, ticksAtOnce), ready }
  } catch (error) {
    const tick = { at: row.next_fire_at, dueAt: row.due_at ?? row.next_fire_at, next: null }
    const decided: Decided = { decisions: [{ tick, outcome: 'missed', reason: null, until: null }], next: null, cancelsPrevious: false }
    const text = `when it fires can't be read any more: ${error instanceof Error ? error.message : String(error)}`
    return { planned: schedule, decided, ready: { problem: { reason: 'schedule_unreadable', text } } }
  }
}

/** Only policies that look at earlier runs pay for the look. Read after the rows were locked, so that nothing younger is missed. */
async function busyOf(client: SqlClient, due: DueRow[]): Promise<Map<string, { running: string[]; waiting: number }>> {
  const ids = due.filter((row) => row.overlap !== 'allow').map((row) => row.id)
  const found = ids.length > 0 ? await findBusy(client, ids) : []
  return new Map(found.map((each) => [each.id, each]))
}

const plannedOf = (row: DueRow): Planned => ({
  id: row.id,
  when: whenOf(row),
  jitterMs: row.jitter_ms,
  overlap: row.overlap as Overlap,
  catchUp: row.catch_up as CatchUp,
  catchUpWindowMs: Number(row.catch_up_window_ms),
})

const keyOf = (schedule: string, at: Date | string) => `${schedule} ${new Date(at).getTime()}`

/** A tick that can't start a run for want of a workflow is missed, and the schedule will be paused. */
function toFires({ row, decided, ready }: Answer, now: Date): NewFire[] {
  const decisions = ready.problem ? decided.decisions.slice(0, 1) : decided.decisions
  return decisions.map(({ tick, outcome, reason, until }: Decision) => {
    // while the workflow is paused nothing starts, now or later
    if (!ready.problem && ready.paused && outcome !== 'missed') return skippedFire(row, tick, now)
    const starts = outcome === 'fired' && !ready.problem
    return {
      schedule_id: row.id,
      fire_at: tick.at.toISOString(),
      fired_at: now.toISOString(),
      outcome: ready.problem ? 'missed' : outcome,
      reason: ready.problem?.reason ?? reason,
      until: until?.toISOString() ?? null,
      late_ms: lateMs(tick, now),
      run_id: starts ? newRunUuid() : null,
    }
  })
}

const skippedFire = (row: DueRow, tick: Tick, now: Date): NewFire => ({
  schedule_id: row.id,
  fire_at: tick.at.toISOString(),
  fired_at: now.toISOString(),
  outcome: 'skipped',
  reason: 'workflow_paused',
  until: null,
  late_ms: lateMs(tick, now),
  run_id: null,
})

const lateMs = (tick: Tick, now: Date): number => Math.min(Math.max(now.getTime() - tick.dueAt.getTime(), 0), 0x7fffffff)

/** Starts the runs, says what happened and how the schedule goes on. */
function conclude(group: Group, { row, planned: schedule, decided, ready }: Answer, mine: NewFire[]): Advanced {
  const teller = new Teller(group, row)
  let last: NewFire | undefined
  for (const fire of mine) {
    if (fire.run_id !== null) last = fire
    teller.tell(fire, ready)
  }
  teller.missed(mine.filter((each) => each.outcome === 'missed'))
  const fired = { last_fire_at: last?.fire_at ?? null, last_run_id: last?.run_id ?? null, last_late_ms: last?.late_ms ?? null }
  if (ready.problem) {
    const paused_reason = ready.problem.text
    teller.pause(paused_reason)
    return { id: row.id, status: 'paused', next_fire_at: null, due_at: null, paused_reason, ...fired, version: teller.version }
  }
  const { nextFireAt, dueAt } = planned(schedule.when, decided.next, schedule)
  const status = nextFireAt === null ? 'ended' : 'active'
  return { id: row.id, status, next_fire_at: nextFireAt, due_at: dueAt, paused_reason: null, ...fired, version: teller.version }
}

/** The runs that make room for the ones started here. */
const cancels = (answers: Answer[]) =>
  answers
    .filter(({ decided, ready }) => decided.cancelsPrevious && !ready.problem && !ready.paused)
    .flatMap(({ running }) => running.map((run) => cancelOf(run, byClock)))

const cancelOf = (run: string, by: NewRun['by']) => ({
  kind: 'cancel' as const,
  run,
  by,
  key: null,
  done: () => undefined,
  fail: () => undefined,
})
