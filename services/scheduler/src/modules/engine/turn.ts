import type { Id, Outcome, RunError, Status, StepError } from '@orrery/shared-types'
import type { Plan, PlanNode } from '../workflows/index.ts'
import { Budget, ExpressionError, type Json, unitsOfItems } from '../workflows/index.ts'
import { backoffMs } from './backoff.ts'
import { type Batch, projectIdOf, runIdOf } from './batch.ts'
import { blockedReason, isWait } from './blocked.ts'
import { live } from './engine.repository.ts'
import { newLiveRow } from './live-row.ts'
import { queueOf } from './pool.ts'
import { dueAfter, endItem, hasFailed, isOver, mayRun, ordinalOf, type Progress, setState, stateOf } from './progress.ts'
import type { LiveRow, RunRow, StateRow, StepRow } from './rows.ts'
import { stepIdOf } from './step-id.ts'
import { type StepPlace, stepRow } from './step-row.ts'
import { type Missing, Values } from './values.ts'

export type StepEnd = { output: Json } | { error: StepError }
/** A waiting step that the engine does by itself: a child run, a wait. */
export type OwnCall = { turn: Turn; row: LiveRow; node: PlanNode }

const maxItems = 1000

/**
 * One run within one transaction: its state is locked or new, and everything that happens to it goes through here
 * into the batch. `due` are steps to be looked at; one that reads what isn't loaded waits for the next round.
 */
export class Turn {
  readonly runId: Id<'run'>
  readonly projectId: Id<'project'>
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
  /** Places at workers that its steps gave back in this transaction. */
  freed = 0
  private readonly batch: Batch

  constructor(batch: Batch, state: StateRow, plan: Plan, fresh: RunRow | null) {
    this.batch = batch
    this.state = state
    this.plan = plan
    this.fresh = fresh
    this.runId = runIdOf(state.run_id)
    this.projectId = projectIdOf(state.project_id)
    this.progress = { nodes: state.nodes, fans: state.fans ?? {}, nextOrdinal: state.next_ordinal, error: state.error }
    this.values = new Values(plan, this.progress, { id: this.runId, projectId: this.projectId, workflowVersion: state.workflow_version })
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
      for (const index of round) if (stateOf(this.progress, index) === 'waiting') this.decide(this.node(index))
    }
    const { nodes, input } = this.missing()
    if (!this.ended && this.due.length === 0 && isOver(this.progress) && nodes.length === 0 && !input) this.finish()
  }

  private decide(node: PlanNode): void {
    if (!mayRun(this.plan, this.progress, node)) return this.skip(node)
    try {
      if (node.condition) {
        const value = node.condition.evaluate(this.values.scope(node.condition.steps))
        if (typeof value !== 'boolean')
          throw new ExpressionError(`if must be true or false; \${{ ${node.condition.text} }} gave ${JSON.stringify(value)}`)
        if (!value) return this.skip(node)
      }
      if (node.foreach) this.spread(node)
      else this.begin(node, null, ordinalOf(node.index), node.with.evaluate(this.values.scope(node.with.steps)), live.ready)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      this.endWithoutRunning(node, { code: error.code, message: error.message })
    }
  }

  private spread(node: PlanNode): void {
    const budget = new Budget(unitsOfItems)
    const list = node.foreach?.evaluate(this.values.scope(node.foreach.steps), budget)
    if (!Array.isArray(list)) throw new ExpressionError(`foreach needs a list, and got ${list === null ? 'null' : typeof list}`)
    if (list.length > maxItems) throw new ExpressionError(`foreach got ${list.length} items; at most ${maxItems} are allowed`)
    if (list.length === 0) return this.settle(node, 'done')
    const scope = this.values.scope(node.with.steps)
    const inputs = list.map((item) => node.with.evaluate({ ...scope, item }, budget))
    const base = this.progress.nextOrdinal
    this.progress.nextOrdinal += list.length
    const opened = Math.min(node.window, list.length)
    this.progress.fans[node.index] = { base, total: list.length, opened, ended: 0, failed: 0 }
    setState(this.progress, node.index, 'active')
    inputs.forEach((input, item) => this.begin(node, item, base + item, input, item < opened ? live.ready : live.held))
  }

  private begin(node: PlanNode, item: number | null, ordinal: number, input: Json, state: number): void {
    setState(this.progress, node.index, 'active')
    const row = newLiveRow(this.state, node, { item, ordinal, input, state, now: this.batch.now })
    this.batch.newLive.push(row)
    this.state.open += 1
    if (row.state === live.waiting) this.callOwn(row, node)
  }

  /** Begins a step that the engine does by itself. */
  callOwn(row: LiveRow, node: PlanNode): void {
    row.attempt += 1
    row.started_at = this.batch.now
    this.started()
    this.batch.stepChanged(this, node, { ordinal: row.ordinal, item: row.item, to: 'in_progress', attempt: row.attempt })
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
    this.batch.stepChanged(this, this.node(row.node), { ordinal: row.ordinal, item: row.item, to: 'in_progress', attempt: row.attempt })
  }

  private started(): void {
    if (this.state.started) return
    this.state.started = true
    if (this.fresh) Object.assign(this.fresh, { status: 'in_progress', started_at: this.batch.now })
    else this.batch.startedRuns.push({ id: this.state.run_id, started_at: this.batch.now })
    this.runChanged('queued', 'in_progress', null)
  }

  /** A wait holds nothing up that could go on by itself: it is counted apart. */
  private countWaits(by: 1 | -1): void {
    this.state.waits += by
    this.state.open -= by
  }

  private runChanged(from: Status, to: Status, outcome: Outcome | null, blockedReason: string | null = null): void {
    this.state.entity_version += 1
    const subject = { id: this.runId, version: this.state.entity_version, projectId: this.projectId, lineageRef: this.runId }
    this.batch.say('run.status_changed', subject, { from, to, outcome, blockedReason })
  }

  /** Takes in how an attempt ended; `row` is no longer in the table. */
  result(row: LiveRow, end: StepEnd & { retryable?: boolean }): void {
    const node = this.node(row.node)
    if (row.worker !== null) this.freed += 1
    if ('error' in end && this.retries(row, node, end.error, end.retryable ?? false)) return
    if (isWait(node)) this.countWaits(-1)
    this.state.open -= 1
    const status = 'error' in end ? 'failed' : 'done'
    const error = 'error' in end ? end.error : null
    const output = 'error' in end ? null : end.output
    this.batch.steps.push({ ...this.stepRow(row), status, output, error })
    this.batch.stepChanged(this, node, { ordinal: row.ordinal, item: row.item, to: status, attempt: row.attempt, ...(error && { error }) })
    this.values.outputs.set(row.ordinal, output)
    this.values.errors.set(row.ordinal, error)
    if (row.item === null) this.values.loaded.add(node.index)
    if (row.item === null) this.settle(node, status, error)
    else this.itemEnded(node, status, error)
  }

  /** Ends a step that must not be tried again, and puts it where people look after such. */
  giveUp(row: LiveRow, error: StepError): void {
    const { key } = this.node(row.node)
    const queue = queueOf(row.pool ?? '')
    const { run_id, ordinal, item, attempt } = row
    const { project_id, workflow_id } = this.state
    this.batch.deadLetters.push({ run_id, ordinal, project_id, workflow_id, step_key: key, item, queue, ...error, attempt })
    this.result(row, { error, retryable: false })
    const subject = { id: stepIdOf(this.runId, ordinal), version: attempt * 3 + 3, projectId: this.projectId, lineageRef: this.runId }
    this.batch.say('step.dead_lettered', subject, { runId: this.runId, key, queue, code: error.code })
  }

  private retries(row: LiveRow, node: PlanNode, error: StepError, retryable: boolean): boolean {
    const { retry } = node
    if (!retry || !retryable || row.attempt >= retry.attempts || retry.nonRetryable.has(error.code)) return false
    this.again(row, error, backoffMs(retry, row.attempt, Math.random))
    return true
  }

  /** Queues a step again after an attempt that failed or was lost. */
  again(row: LiveRow, error: StepError, delayMs: number): void {
    this.batch.attempts.push({
      run_id: row.run_id,
      ordinal: row.ordinal,
      attempt: row.attempt,
      started_at: row.started_at,
      ended_at: this.batch.now,
      error,
    })
    this.batch.newLive.push({ ...row, state: live.ready, worker: null, started_at: null, delay_ms: delayMs })
    this.batch.stepChanged(this, this.node(row.node), { ordinal: row.ordinal, item: row.item, to: 'queued', attempt: row.attempt, error })
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

  /** Ends a step of the plan as a whole. */
  private settle(node: PlanNode, status: 'done' | 'failed', error: StepError | null = null): void {
    if (node.foreach) {
      const row = { ...this.stepRow({ ordinal: ordinalOf(node.index), node: node.index }), status, error }
      this.batch.steps.push(row)
      this.batch.stepChanged(this, node, { ordinal: row.ordinal, item: null, to: status, attempt: 0, ...(error && { error }) })
      this.values.errors.set(row.ordinal, error)
    }
    if (status === 'failed' && error) this.remember(node, error)
    setState(this.progress, node.index, status === 'done' ? 'done' : node.continueOnError ? 'carried' : 'failed')
    this.due.push(...dueAfter(this.plan, this.progress, node.index))
  }

  private remember(node: PlanNode, error: StepError): void {
    if (!node.continueOnError) this.progress.error ??= { ...error, stepKey: node.key }
  }

  private endWithoutRunning(node: PlanNode, error: StepError): void {
    const row = { ...this.stepRow({ ordinal: ordinalOf(node.index), node: node.index }), status: 'failed' as const, error }
    this.batch.steps.push(row)
    this.values.errors.set(row.ordinal, error)
    this.batch.stepChanged(this, node, { ordinal: row.ordinal, item: null, to: 'failed', attempt: 0, error })
    this.remember(node, error)
    setState(this.progress, node.index, node.continueOnError ? 'carried' : 'failed')
    this.due.push(...dueAfter(this.plan, this.progress, node.index))
  }

  private skip(node: PlanNode): void {
    const ordinal = ordinalOf(node.index)
    this.batch.steps.push({ ...this.stepRow({ ordinal, node: node.index }), status: 'canceled', skipped: true })
    this.batch.stepChanged(this, node, { ordinal, item: null, to: 'canceled', attempt: 0, skipped: true })
    setState(this.progress, node.index, 'skipped')
    this.due.push(...dueAfter(this.plan, this.progress, node.index))
  }

  private stepRow(row: StepPlace): StepRow {
    return stepRow(this.state.run_id, row, this.batch.now)
  }

  /** Records an item that was held back and will not begin. */
  dropped(row: LiveRow): void {
    this.state.open -= 1
    this.batch.steps.push({ ...this.stepRow(row), status: 'canceled' })
    this.batch.stepChanged(this, this.node(row.node), { ordinal: row.ordinal, item: row.item, to: 'canceled', attempt: row.attempt })
  }

  /** Ends the run from outside: what still lived has been taken out of the table. */
  stop(rows: LiveRow[], status: 'canceled' | 'failed', outcome: Outcome, error: RunError | null): void {
    for (const row of rows) this.dropped(row)
    this.due = []
    this.end(status, outcome, null, error)
  }

  private finish(): void {
    const { error } = this.progress
    if (hasFailed(this.progress))
      return this.end('failed', 'failed', null, error ? { code: error.code, message: error.message, stepKey: error.stepKey } : null)
    try {
      const output = this.plan.outputs?.evaluate(this.values.scope(this.plan.outputs.steps)) ?? null
      this.end('done', 'success', output, null)
    } catch (failure) {
      if (!(failure instanceof ExpressionError)) throw failure
      const code = failure.code === 'expression_failed' ? 'output_failed' : failure.code
      this.end('failed', 'failed', null, { code, message: failure.message, stepKey: null })
    }
  }

  private end(status: 'done' | 'failed' | 'canceled', outcome: Outcome, output: Json, error: RunError | null): void {
    this.ended = true
    const from = this.status
    const ended = { status, outcome, output, error, ended_at: this.batch.now, ended_badly: status !== 'done' }
    if (this.fresh) Object.assign(this.fresh, ended)
    else this.batch.endedRuns.push({ id: this.state.run_id, ...ended })
    this.runChanged(from, status, outcome)
    this.batch.runEnded(this, outcome)
    if (this.state.parent_run_id !== null) {
      const payload = { runId: this.runId, outcome, output, error }
      this.batch.timers.push({ delay_ms: 0, kind: 'child', run_id: this.state.parent_run_id, ordinal: this.state.parent_ordinal, payload })
    }
  }

  private get status(): Status {
    if (this.state.blocked !== null) return 'blocked'
    return this.state.started ? 'in_progress' : 'queued'
  }

  /** A run is blocked while all that it has left are waits, and goes on when one of them ends. */
  private reckon(): void {
    const { state, progress } = this
    const reason = blockedReason(this.plan, progress, state)
    if (reason === state.blocked) return
    const from = this.status
    state.blocked = reason
    const changed = { status: this.status, blocked_reason: reason }
    if (this.fresh) Object.assign(this.fresh, changed)
    else this.batch.blockedRuns.push({ id: state.run_id, ...changed })
    if (from !== this.status) this.runChanged(from, this.status, null, reason)
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
    const row = { ...state, nodes: progress.nodes, fans, next_ordinal: progress.nextOrdinal, error: progress.error }
    if (this.fresh) this.batch.newStates.push(row)
    else this.batch.stateChanged(row)
  }
}
