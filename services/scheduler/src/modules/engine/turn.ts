import type { Id, Status, StepError } from '@orrery/shared-types'
import type { Plan, PlanNode } from '../workflows/index.ts'
import { ExpressionError, type Json } from '../workflows/index.ts'
import { retryDelayMs, type Wishes } from './backoff.ts'
import type { Batch } from './batch.ts'
import { blockedReason, isWait } from './blocked.ts'
import { cutOff } from './cut-off.ts'
import { live } from './engine.repository.ts'
import { newLiveRow } from './live-row.ts'
import {
  allDue,
  dueAfter,
  type Ending,
  endItem,
  hasBegunLast,
  isOver,
  mainIsOver,
  mayRun,
  ordinalOf,
  type Progress,
  setState,
  stateOf,
} from './progress.ts'
import type { LiveRow, RunRow, StateRow } from './rows.ts'
import { endOf } from './run-end.ts'
import { RunRecord } from './run-record.ts'
import { beginFan, holds, readItems } from './spread.ts'
import { type Missing, Values } from './values.ts'

export type StepEnd = { output: Json } | { error: StepError }
export type AttemptOutcome = StepEnd & Wishes
/** A waiting step that the engine does by itself: a child run, a wait. */
export type OwnCall = { turn: Turn; row: LiveRow; node: PlanNode }

/**
 * One run within one transaction: its state is locked or new, and everything that happens to it goes through here
 * into the batch. `due` are steps to be looked at; one that reads what isn't loaded waits for the next round.
 */
export class Turn {
  readonly record: RunRecord
  readonly state: StateRow
  readonly plan: Plan
  readonly progress: Progress
  /** The run's own row while it isn't in the table yet. */
  readonly fresh: RunRow | null
  /** Steps that the engine does by itself, to be begun. */
  readonly calls: OwnCall[] = []
  /** Items to be opened that are rows of the table, by ordinal. */
  readonly toOpen: number[] = []
  /** Ranges of held items that are to go. */
  readonly toDrop: [number, number][] = []
  due: number[] = []
  readonly values: Values
  ended = false
  /** Steps that are due wait for the next transaction. */
  private isPutOff = false
  /** Places at workers that its steps gave back in this transaction. */
  freed = 0
  private readonly batch: Batch
  /** Of a run whose workflow can't be read nothing is known but its outline. */
  private readonly readable: boolean

  constructor(batch: Batch, state: StateRow, plan: Plan, fresh: RunRow | null, readable = true) {
    this.batch = batch
    this.readable = readable
    this.state = state
    this.plan = plan
    this.fresh = fresh
    this.record = new RunRecord(batch, state)
    this.progress = {
      nodes: state.nodes,
      fans: state.fans ?? {},
      nextOrdinal: state.next_ordinal,
      error: state.error,
      ending: state.ending,
    }
    this.values = new Values(plan, this.progress, { id: this.runId, projectId: this.projectId, workflowVersion: state.workflow_version })
  }

  get runId(): Id<'run'> {
    return this.record.runId
  }

  get projectId(): Id<'project'> {
    return this.record.projectId
  }

  node(index: number): PlanNode {
    const node = this.plan.nodes[index]
    if (!node) throw new RangeError(`Run ${this.runId} has no step ${index}`)
    return node
  }

  /** What has to be loaded before the due steps, or the end of the run, can be decided. */
  missing(): Missing {
    const readers = this.due.flatMap((index) => {
      const node = this.node(index)
      return mayRun(this.plan, this.progress, node) ? [node.condition, node.foreach, node.with] : []
    })
    if (this.due.length === 0 && !this.ended && isOver(this.progress)) return this.values.missing([this.plan.outputs])
    return this.values.missing(readers)
  }

  /** Decides all due steps, and what comes due by that, until something is missing or the run is over. */
  advance(): void {
    while (this.due.length > 0 && !this.ended) {
      const { nodes, input } = this.missing()
      if (nodes.length > 0 || input) return
      const round = this.due
      this.due = []
      for (const index of round.filter((each) => stateOf(this.progress, each) === 'waiting')) {
        if (this.batch.isLong) return this.goOnLater()
        this.decide(this.node(index))
      }
    }
    const { nodes, input } = this.missing()
    if (!this.ended && this.due.length === 0 && isOver(this.progress) && nodes.length === 0 && !input) this.finish()
  }

  /** Leaves the steps that are due to another transaction. */
  private goOnLater(): void {
    this.due = []
    if (!this.isPutOff) this.record.goOn()
    this.isPutOff = true
  }

  private decide(node: PlanNode): void {
    if (!mayRun(this.plan, this.progress, node)) return this.skip(node)
    try {
      if (!holds(node, this.values)) return this.skip(node)
      if (node.foreach) this.spread(node)
      else this.begin(node, null, ordinalOf(node.index), node.with.evaluate(this.values.scope(node.with.steps)), live.ready)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      this.settle(node, 'failed', { code: error.code, message: error.message }, true)
    }
  }

  private spread(node: PlanNode): void {
    const inputs = readItems(node, this.values)
    if (inputs.length === 0) return this.settle(node, 'done')
    const fan = beginFan(this.progress, node, inputs.length)
    if (fan.ended === fan.total) return this.settle(node, 'done')
    setState(this.progress, node.index, 'active')
    for (const [item, input] of inputs.entries())
      if (!fan.kept?.includes(item)) this.begin(node, item, fan.base + item, input, item < fan.opened ? live.ready : live.held)
  }

  private begin(node: PlanNode, item: number | null, ordinal: number, input: Json, state: number): void {
    setState(this.progress, node.index, 'active')
    const row = newLiveRow(this.state, node, { item, ordinal, input, state, now: this.batch.now })
    this.batch.newLive.push(row)
    if (row.state !== live.held) this.state.open += 1
    if (row.state === live.waiting) this.callOwn(row, node)
  }

  /** Begins an item that was held back for room. */
  openItem(row: LiveRow): void {
    row.state = row.pool === null ? live.waiting : live.ready
    this.state.open += 1
    if (row.pool === null) this.callOwn(row, this.node(row.node))
  }

  /** Begins a step that the engine does by itself, once more or after it was held back. */
  callOwn(row: LiveRow, node: PlanNode): void {
    row.attempt += 1
    row.started_at = this.batch.now
    this.started()
    this.record.stepChanged(node, row, 'in_progress')
    if (isWait(node)) this.countWaits(1)
    this.calls.push({ turn: this, row, node })
  }

  /** Gives a ready step to a worker. */
  lease(row: LiveRow, worker: string): void {
    row.state = live.leased
    row.attempt += 1
    row.worker = worker
    row.started_at = this.batch.now
    this.started()
    this.record.stepChanged(this.node(row.node), row, 'in_progress')
  }

  private started(): void {
    if (this.state.started) return
    this.state.started = true
    if (this.fresh) Object.assign(this.fresh, { status: 'in_progress', started_at: this.batch.now })
    else this.batch.startedRuns.push({ id: this.state.run_id, started_at: this.batch.now })
    this.record.runChanged('queued', 'in_progress', null)
  }

  /** A wait holds nothing up that could go on by itself: it is counted apart. */
  private countWaits(by: 1 | -1): void {
    this.state.waits += by
    this.state.open -= by
  }

  /** From here on the run's time counts: it waits for no place and no pause. */
  startClock(): void {
    const { timeoutMs } = this.plan
    if (timeoutMs === null) return
    this.batch.timers.push({ delay_ms: timeoutMs, kind: 'run_timeout', run_id: this.state.run_id, ordinal: null, payload: null })
  }

  /** Takes in how an attempt ended; `row` is no longer in the table. */
  result(row: LiveRow, end: AttemptOutcome): void {
    const node = this.node(row.node)
    if (row.worker !== null) this.freed += 1
    const delayMs = 'error' in end ? retryDelayMs(node.retry, row.attempt, end.error.code, end) : null
    if ('error' in end && delayMs !== null) return this.again(row, end.error, delayMs)
    if (isWait(node)) this.countWaits(-1)
    this.state.open -= 1
    const status = 'error' in end ? 'failed' : 'done'
    const error = 'error' in end ? end.error : null
    const output = 'error' in end ? null : end.output
    this.record.stepEnded(node, row, { status, output, error })
    this.values.outputs.set(row.ordinal, output)
    this.values.errors.set(row.ordinal, error)
    if (row.item === null) this.values.loaded.add(node.index)
    if (row.item === null) this.settle(node, status, error)
    else this.itemEnded(node, status, error)
  }

  /** Ends a step that must not be tried again, and puts it where people look after such. */
  giveUp(row: LiveRow, error: StepError): void {
    this.result(row, { error, retryable: false })
    this.record.deadLetter(this.node(row.node), row, error)
  }

  /** Queues a step again after an attempt that failed or was lost. */
  again(row: LiveRow, error: StepError, delayMs: number): void {
    this.record.attemptEnded(row, error)
    const own = row.pool === null
    this.batch.newLive.push({ ...row, state: own ? live.waiting : live.ready, worker: null, started_at: null, delay_ms: delayMs })
    if (own) this.record.setTimer('retry', row, delayMs)
    this.record.stepChanged(this.node(row.node), row, 'queued', error)
  }

  private itemEnded(node: PlanNode, status: 'done' | 'failed', error: StepError | null): void {
    const fan = this.progress.fans[node.index]
    if (!fan) throw new Error(`Step ${node.key} of ${this.runId} has no items`)
    const first = fan.failed === 0 ? error : null
    const { open, over, drop } = endItem(fan, status === 'failed', !node.continueOnError)
    if (first) this.remember(node, first)
    if (open !== null) this.toOpen.push(fan.base + open)
    if (drop) this.toDrop.push([fan.base + drop[0], fan.base + drop[1] - 1])
    if (over)
      this.settle(
        node,
        fan.failed > 0 ? 'failed' : 'done',
        fan.failed > 0 ? { code: 'items_failed', message: `${fan.failed} of ${fan.total} items failed` } : null,
      )
  }

  /** Ends a step of the plan as a whole. `itself`: no attempt of its own says how it ended. */
  private settle(node: PlanNode, status: 'done' | 'failed', error: StepError | null = null, itself = node.foreach !== null): void {
    if (itself) {
      this.record.stepEnded(node, placeOf(node), { status, error })
      this.values.errors.set(ordinalOf(node.index), error)
    }
    if (status === 'failed' && error) this.remember(node, error)
    setState(this.progress, node.index, status === 'done' ? 'done' : node.continueOnError ? 'carried' : 'failed')
    this.due.push(...dueAfter(this.plan, this.progress, node.index))
  }

  private remember(node: PlanNode, error: StepError): void {
    if (!node.continueOnError) this.progress.error ??= { ...error, stepKey: node.key }
  }

  private skip(node: PlanNode): void {
    this.record.stepEnded(node, placeOf(node), { status: 'canceled', skipped: true })
    setState(this.progress, node.index, 'skipped')
    this.due.push(...dueAfter(this.plan, this.progress, node.index))
  }

  /** Records what will not begin, or not go on. */
  dropped(row: LiveRow): void {
    const node = this.node(row.node)
    if (isWait(node) && row.state === live.waiting) this.countWaits(-1)
    if (row.state !== live.held) this.state.open -= 1
    this.record.stepDropped(node, row)
  }

  /** Whether its time bounds it: not once its steps are over, nor when it is ending anyway. */
  get isBounded(): boolean {
    return !this.progress.ending && !(this.readable && mainIsOver(this.plan, this.progress))
  }

  /** Notes how the run is to end, where what runs in any case runs already: that goes on. False where it has to be stopped. */
  endsAfterLast(ending: Ending): boolean {
    if (this.progress.ending || !this.readable || !hasBegunLast(this.plan, this.progress)) return false
    this.progress.ending = ending
    return true
  }

  /** Stops the run from outside: what still lived has been taken out of the table. It ends at once unless it has begun and steps follow even then. */
  stop(rows: LiveRow[], ending: Ending): void {
    for (const row of rows) this.dropped(row)
    for (const list of [this.calls, this.toOpen, this.toDrop, this.due]) list.splice(0)
    const undone = this.readable && this.state.started && !this.progress.ending ? cutOff(this.plan, this.progress, ending) : null
    this.progress.ending ??= ending
    if (!undone) return this.finish()
    for (const node of undone) {
      const isPlain = stateOf(this.progress, node.index) === 'active' && !node.foreach
      if (!isPlain) this.record.stepEnded(node, placeOf(node), { status: 'canceled' })
      setState(this.progress, node.index, 'canceled')
    }
    this.due.push(...allDue(this.plan, this.progress))
  }

  private finish(): void {
    this.ended = true
    const from = this.status
    const end = endOf(this.plan, this.progress, this.values)
    const ended = { ...end, ended_at: this.batch.now, ended_badly: end.status !== 'done' }
    if (this.fresh) Object.assign(this.fresh, ended)
    else this.batch.endedRuns.push({ id: this.state.run_id, ...ended })
    this.record.runChanged(from, end.status, end.outcome)
    this.batch.runEnded(this, end.outcome)
    this.record.tellParent(end)
  }

  private get status(): Status {
    if (this.state.blocked !== null) return 'blocked'
    return this.state.started ? 'in_progress' : 'queued'
  }

  /** A run is blocked while all that it has left are waits, and goes on when one of them ends. */
  private reckon(): void {
    const { state, progress } = this
    const reason = this.isPutOff ? null : blockedReason(this.plan, progress, state)
    if (reason === state.blocked) return
    const from = this.status
    state.blocked = reason
    const changed = { status: this.status, blocked_reason: reason }
    if (this.fresh) Object.assign(this.fresh, changed)
    else this.batch.blockedRuns.push({ id: state.run_id, ...changed })
    if (from !== this.status) this.record.runChanged(from, this.status, null, reason)
  }

  /** Puts the state of the run into the batch, as it is now. */
  write(): void {
    if (this.ended) {
      if (!this.fresh) this.batch.endedStates.push(this.state.run_id)
      return
    }
    this.reckon()
    const { progress, state } = this
    const fans = Object.keys(progress.fans).length > 0 ? progress.fans : null
    const row = {
      ...state,
      nodes: progress.nodes,
      fans,
      next_ordinal: progress.nextOrdinal,
      error: progress.error,
      ending: progress.ending,
    }
    if (this.fresh) this.batch.newStates.push(row)
    else this.batch.stateChanged(row)
  }
}

/** The place of a step as a whole. */
const placeOf = ({ index }: PlanNode) => ({ ordinal: ordinalOf(index), node: index })
