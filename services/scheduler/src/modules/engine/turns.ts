import type { SqlClient } from '@orrery/core'
import { AppError, fromUuid } from '@orrery/core'
import { checkInput, type Plans } from '../workflows/index.ts'
import { requestApproval } from './approvals.ts'
import type { Batch } from './batch.ts'
import { isApproval } from './blocked.ts'
import type { NewRun } from './commands.ts'
import * as repository from './engine.repository.ts'
import { newRows } from './new-rows.ts'
import { allDue, firstSteps, ordinalOf } from './progress.ts'
import { readWait } from './read-wait.ts'
import type { LiveRow, StateRow } from './rows.ts'
import { Slots } from './slots.ts'
import { newRunUuid } from './step-id.ts'
import { type OwnCall, type StepEnd, Turn } from './turn.ts'

export const maxDepth = 10

/** The runs that one transaction moves, each of them once. */
export class Turns {
  /** Items that were held back and have room now: rows of the table, to be changed. */
  readonly opened: LiveRow[] = []
  private readonly all = new Map<string, Turn>()
  private readonly client: SqlClient
  private readonly plans: Plans
  private readonly batch: Batch
  readonly slots: Slots

  constructor(client: SqlClient, plans: Plans, batch: Batch) {
    this.client = client
    this.plans = plans
    this.batch = batch
    this.slots = new Slots(client, batch)
  }

  get(run: string): Turn | undefined {
    return this.all.get(run)
  }

  /** Runs that this transaction made as children of others: nobody finds them in the table yet. */
  newChildrenOf(runs: readonly string[]): StateRow[] {
    return [...this.all.values()].flatMap(({ state, fresh, ended }) =>
      fresh && !ended && state.parent_run_id !== null && runs.includes(state.parent_run_id) ? [state] : [],
    )
  }

  /** Locks runs, before anything else is held. To end those of `ending` nobody need be able to read their workflow. */
  async lock({ all, ending }: { all: string[]; ending: ReadonlySet<string> }): Promise<void> {
    if (all.length > 0) await this.open(await repository.lockRuns(this.client, all), ending)
  }

  /** Takes in runs that are locked. */
  async open(states: StateRow[], ending: ReadonlySet<string> = new Set()): Promise<void> {
    for (const state of states) {
      if (this.all.has(state.run_id)) continue
      const { run_id, workflow_id, workflow_version, nodes } = state
      const { plan, unreadable } = ending.has(run_id)
        ? await this.plans.look(workflow_id, workflow_version, nodes.length)
        : { plan: await this.plans.get(workflow_id, workflow_version), unreadable: null }
      this.all.set(run_id, new Turn(this.batch, state, plan, null, unreadable === null))
    }
  }

  /** Takes in runs that are locked, but for those whose workflow can't be read; answers which these are. */
  async openReadable(states: StateRow[]): Promise<Set<string>> {
    const unreadable = new Set<string>()
    for (const state of states) {
      await this.open([state]).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error
        unreadable.add(state.run_id)
      })
    }
    return unreadable
  }

  /** Makes a run; its first steps are decided by `advance`. Within a run that holds places of some keys it needs none of these. */
  addRun(run: NewRun, within?: ReadonlySet<string>): void {
    const { row, state, progress } = newRows(run, this.batch.now)
    this.batch.newRuns.push(row)
    const turn = new Turn(this.batch, state, run.plan, row)
    const { runId: id, projectId } = turn
    const workflowId = fromUuid('workflow', run.workflowId)
    const scheduleId = run.scheduleId === null ? null : fromUuid('schedule', run.scheduleId)
    this.batch.say('run.created', { id, version: 1, projectId, lineageRef: id }, { workflowId, scheduleId, trigger: run.trigger })
    const after = { workflowId, workflowVersion: run.version, trigger: run.trigger }
    this.batch.audits.push({ ...run.by, action: 'run.create', entity_type: 'run', entity_id: id, project_id: projectId, after })
    turn.values.input = run.input
    turn.due = run.origin ? allDue(run.plan, progress) : firstSteps(run.plan)
    this.all.set(run.id, turn)
    if (run.held) this.slots.hold(turn)
    else if (run.plan.concurrency) this.slots.want(turn, run.plan.concurrency, within)
    else turn.startClock()
  }

  /** The keys of the places that a run and those that began it hold, in the table and in this transaction. */
  private async placesOf(turn: Turn): Promise<Set<string>> {
    const keys: string[] = []
    let run: string | null = turn.state.run_id
    let written: string | null = null
    for (let above = this.get(run); above; above = run === null ? undefined : this.get(run)) {
      if (above.state.slot_key !== null && !above.state.slot_waiting) keys.push(above.state.slot_key)
      if (!above.fresh) written ??= above.state.run_id
      run = above.state.parent_run_id
    }
    return new Set([...keys, ...(await this.slots.heldAbove(written ?? run))])
  }

  /** Moves every run on, in rounds: what expressions read is loaded for all of them at once. */
  async advance(): Promise<void> {
    for (;;) {
      const took = await this.slots.take()
      for (const turn of this.all.values()) turn.advance()
      const called = [...this.all.values()].flatMap((turn) => turn.calls.splice(0))
      for (const call of called) await this.beginOwn(call)
      await this.dropHeld()
      const opened = await this.openHeld()
      const asking = [...this.all.values()].filter((turn) => !turn.ended).map((turn) => ({ turn, ...turn.missing() }))
      const needy = asking.filter(({ nodes, input }) => nodes.length > 0 || input)
      if (needy.length === 0 && called.length === 0 && !opened && !took) break
      await this.load(needy)
    }
  }

  private async load(needy: { turn: Turn; nodes: number[]; input: boolean }[]): Promise<void> {
    const ranges = needy.flatMap(({ turn, nodes }) =>
      nodes.flatMap((index) => {
        turn.values.loaded.add(index)
        const fan = turn.progress.fans[index]
        const own = { run: turn.state.run_id, from: ordinalOf(index), to: ordinalOf(index) }
        return fan ? [own, { ...own, from: fan.base, to: fan.base + fan.total - 1 }] : [own]
      }),
    )
    if (ranges.length > 0) {
      for (const { run_id, ordinal, output, error } of await repository.loadOutputs(this.client, ranges)) {
        const values = this.get(run_id)?.values
        values?.outputs.set(ordinal, output as never)
        values?.errors.set(ordinal, error)
      }
    }
    const inputs = needy.filter(({ input }) => input).map(({ turn }) => turn.state.run_id)
    if (inputs.length === 0) return
    for (const { id, input } of await repository.loadInputs(this.client, inputs)) {
      const turn = this.get(id)
      if (turn) turn.values.input = input as never
    }
  }

  private async beginOwn(call: OwnCall): Promise<void> {
    if (!isApproval(call.node)) return call.node.uses === 'wait' ? this.startWait(call) : this.startChild(call)
    const problem = requestApproval(call)
    if (problem !== null) await this.endOwn(call, { error: { code: 'input_invalid', message: `${call.node.key}: ${problem}` } })
  }

  /** Ends a step of the engine's own in the transaction in which it began. */
  private async endOwn({ turn, row }: OwnCall, end: StepEnd): Promise<void> {
    if (this.opened.includes(row)) await this.takeAll([row.run_id], [row.ordinal], [row.ordinal])
    else this.batch.newLive.splice(this.batch.newLive.indexOf(row), 1)
    turn.result(row, { ...end, retryable: false })
  }

  /** Sets the clock for a wait, or takes the signal that came before anything waited for it. */
  private async startWait(call: OwnCall): Promise<void> {
    const { turn, row, node } = call
    const wait = readWait(row.input, Date.parse(this.batch.now))
    if ('problem' in wait) return this.endOwn(call, { error: { code: 'input_invalid', message: `${node.key}: ${wait.problem}` } })
    const timer = { run_id: turn.state.run_id, ordinal: row.ordinal, payload: null }
    if (wait.kind === 'time') {
      this.batch.timers.push({ ...timer, delay_ms: wait.ms, kind: 'wait' })
      return
    }
    const [kept] = await repository.takeSignal(this.client, turn.state.run_id, wait.signal)
    const early = kept ?? this.batch.takeSignal(turn.state.run_id, wait.signal)
    if (early) return this.endOwn(call, { output: early.payload as never })
    if (node.timeoutMs > 0) this.batch.timers.push({ ...timer, delay_ms: node.timeoutMs, kind: 'wait_timeout' })
  }

  /** Starts a workflow as a step of another one. Whatever is wrong with it fails that step. */
  private async startChild({ turn, row, node }: OwnCall): Promise<void> {
    const { workflow, input = {} } = row.input as { workflow?: unknown; input?: unknown }
    const refuse = (code: string, message: string) => this.endOwn({ turn, row, node }, { error: { code, message } })
    if (turn.state.depth + 1 > maxDepth) return refuse('too_deep', `Workflows may call each other ${maxDepth} deep`)
    if (typeof workflow !== 'string') return refuse('input_invalid', `${node.key}: with.workflow must be the slug of a workflow`)
    const found = await this.plans.published(turn.state.project_id, workflow)
    if (!found) return refuse('workflow_not_found', `There is no published workflow ${workflow} in this project`)
    const checked = checkInput(found.plan.inputs, (input ?? {}) as Record<string, unknown>)
    if (checked.errors.length > 0)
      return refuse('input_invalid', checked.errors.map((error) => `${error.path} ${error.message}`).join('; '))
    const within = found.plan.concurrency ? await this.placesOf(turn) : undefined
    this.addRun(
      {
        id: newRunUuid(),
        projectId: turn.state.project_id,
        workflowId: found.workflowId,
        version: found.version,
        held: found.paused,
        plan: found.plan,
        trigger: 'workflow',
        input: checked.input,
        scheduleId: null,
        taskId: null,
        parent: { run: turn.state.run_id, ordinal: row.ordinal, attempt: row.attempt, depth: turn.state.depth + 1 },
        by: { actor_kind: 'system', actor_id: turn.runId, ip: null, request_id: turn.runId },
      },
      within,
    )
    if (node.timeoutMs > 0) turn.record.setTimer('step_timeout', row, node.timeoutMs)
  }

  private async dropHeld(): Promise<void> {
    const ranges = [...this.all.values()].flatMap((turn) => turn.toDrop.splice(0).map(([from, to]) => ({ turn, from, to })))
    if (ranges.length === 0) return
    const runs = ranges.map(({ turn }) => turn.state.run_id)
    const rows = await this.takeAll(
      runs,
      ranges.map((r) => r.from),
      ranges.map((r) => r.to),
    )
    for (const row of rows) this.get(row.run_id)?.dropped(row)
  }

  /** Takes the living steps of these ordinals away: out of the table, as this transaction has changed them, and what it was to put down. */
  async takeAll(runs: string[], from: number[], to: number[]): Promise<LiveRow[]> {
    const written = (await repository.takeAll(this.client, runs, from, to)).map((row) => {
      const at = this.opened.findIndex(isAt(row))
      return (at === -1 ? undefined : this.opened.splice(at, 1)[0]) ?? row
    })
    const isNamed = ({ run_id, ordinal }: LiveRow) => runs.some((run, i) => run === run_id && isBetween(ordinal, from[i], to[i]))
    return [...written, ...this.batch.takeLive(isNamed)]
  }

  /** Opens items for which there is room now. True when there were any. */
  private async openHeld(): Promise<boolean> {
    const refs = [...this.all.values()].flatMap((turn) =>
      turn.ended ? [] : turn.toOpen.splice(0).map((ordinal) => ({ run: turn.state.run_id, ordinal })),
    )
    if (refs.length === 0) return false
    // those whose siblings end in the transaction in which they begin are in no table yet
    const fresh = refs.flatMap((ref) => this.batch.newLive.find(isAt({ run_id: ref.run, ordinal: ref.ordinal })) ?? [])
    const written = fresh.length < refs.length ? await repository.findHeld(this.client, refs) : []
    this.opened.push(...written)
    for (const row of [...fresh, ...written]) this.get(row.run_id)?.openItem(row)
    return true
  }

  /** Puts the state of every run into the batch, and lets those go on that waited for the places of ended ones. */
  async write(): Promise<void> {
    const turns = [...this.all.values()]
    await this.slots.free(turns.filter((turn) => turn.ended))
    for (const turn of turns) turn.write()
  }
}

type Place = Pick<LiveRow, 'run_id' | 'ordinal'>
const isAt =
  ({ run_id, ordinal }: Place) =>
  (row: Place): boolean =>
    row.run_id === run_id && row.ordinal === ordinal

const isBetween = (ordinal: number, from = 0, to = 0): boolean => from <= ordinal && ordinal <= to
