import type { SqlClient } from '@orrery/core'
import { fromUuid } from '@orrery/core'
import { checkInput, type Plans } from '../workflows/index.ts'
import { type Batch, projectIdOf } from './batch.ts'
import type { NewRun } from './commands.ts'
import * as repository from './engine.repository.ts'
import { begin, firstSteps, ordinalOf } from './progress.ts'
import type { LiveRow, RunRow, StateRow } from './rows.ts'
import { newRunUuid, runIdOf } from './step-id.ts'
import { type ChildCall, Turn } from './turn.ts'

export const maxDepth = 10

/** The runs that one transaction moves, each of them once. */
export class Turns {
  /** Items that were held back and have room now: rows of the table, to be changed. */
  readonly opened: LiveRow[] = []
  private readonly all = new Map<string, Turn>()
  private readonly client: SqlClient
  private readonly plans: Plans
  private readonly batch: Batch

  constructor(client: SqlClient, plans: Plans, batch: Batch) {
    this.client = client
    this.plans = plans
    this.batch = batch
  }

  get(run: string): Turn | undefined {
    return this.all.get(run)
  }

  /** Locks runs, before anything else is held. */
  async lock(runs: string[]): Promise<void> {
    if (runs.length > 0) await this.open(await repository.lockRuns(this.client, runs))
  }

  /** Takes in runs that are locked. */
  async open(states: StateRow[]): Promise<void> {
    for (const state of states) {
      if (this.all.has(state.run_id)) continue
      const plan = await this.plans.get(state.workflow_id, state.workflow_version)
      this.all.set(state.run_id, new Turn(this.batch, state, plan, null))
    }
  }

  /** Makes a run; its first steps are decided by `advance`. */
  addRun(run: NewRun): void {
    const progress = begin(run.plan)
    const { projectId: project_id, workflowId: workflow_id, version: workflow_version, scheduleId: schedule_id, taskId: task_id } = run
    const shared = {
      project_id,
      workflow_id,
      workflow_version,
      schedule_id,
      task_id,
      parent_run_id: run.parent?.run ?? null,
      created_at: this.batch.now,
    }
    const row: RunRow = {
      ...shared,
      id: run.id,
      trigger: run.trigger,
      status: 'queued',
      input: run.input,
      started_at: null,
      outcome: null,
      output: null,
      error: null,
      ended_at: null,
    }
    const state: StateRow = {
      ...shared,
      run_id: run.id,
      entity_version: 1,
      started: false,
      nodes: progress.nodes,
      fans: null,
      next_ordinal: progress.nextOrdinal,
      error: null,
      depth: run.parent?.depth ?? 0,
      parent_ordinal: run.parent?.ordinal ?? null,
    }
    this.batch.newRuns.push(row)
    const id = runIdOf(run.id)
    const projectId = projectIdOf(project_id)
    const workflowId = fromUuid('workflow', workflow_id)
    const scheduleId = schedule_id === null ? null : fromUuid('schedule', schedule_id)
    this.batch.say('run.created', { id, version: 1, projectId, lineageRef: id }, { workflowId, scheduleId, trigger: run.trigger })
    const after = { workflowId, workflowVersion: workflow_version, trigger: run.trigger }
    this.batch.audits.push({ ...run.by, action: 'run.create', entity_type: 'run', entity_id: id, project_id: projectId, after })
    if (run.plan.timeoutMs !== null)
      this.batch.timers.push({ delay_ms: run.plan.timeoutMs, kind: 'run_timeout', run_id: run.id, ordinal: null, payload: null })
    const turn = new Turn(this.batch, state, run.plan, row)
    turn.values.input = run.input
    turn.due = firstSteps(run.plan)
    this.all.set(run.id, turn)
  }

  /** Moves every run on, in rounds: what expressions read is loaded for all of them at once. */
  async advance(): Promise<void> {
    for (;;) {
      for (const turn of this.all.values()) turn.advance()
      const called = [...this.all.values()].flatMap((turn) => turn.children.splice(0))
      for (const call of called) await this.startChild(call)
      await this.dropHeld()
      const opened = await this.openHeld()
      const asking = [...this.all.values()].filter((turn) => !turn.ended).map((turn) => ({ turn, ...turn.missing() }))
      const needy = asking.filter(({ nodes, input }) => nodes.length > 0 || input)
      if (needy.length === 0 && called.length === 0 && !opened) break
      await this.load(needy)
    }
  }

  private async load(needy: { turn: Turn; nodes: number[]; input: boolean }[]): Promise<void> {
    const ranges = needy.flatMap(({ turn, nodes }) =>
      nodes.map((index) => {
        turn.values.loaded.add(index)
        const fan = turn.progress.fans[index]
        const from = fan ? fan.base : ordinalOf(index)
        return { run: turn.state.run_id, from, to: fan ? fan.base + fan.total - 1 : from }
      }),
    )
    if (ranges.length > 0) {
      for (const { run_id, ordinal, output } of await repository.loadOutputs(this.client, ranges)) {
        this.get(run_id)?.values.outputs.set(ordinal, output as never)
      }
    }
    const inputs = needy.filter(({ input }) => input).map(({ turn }) => turn.state.run_id)
    if (inputs.length === 0) return
    for (const { id, input } of await repository.loadInputs(this.client, inputs)) {
      const turn = this.get(id)
      if (turn) turn.values.input = input as never
    }
  }

  /** Starts a workflow as a step of another one. Whatever is wrong with it fails that step. */
  private async startChild({ turn, row, node }: ChildCall): Promise<void> {
    const { workflow, input = {} } = row.input as { workflow?: unknown; input?: unknown }
    const refuse = async (code: string, message: string) => {
      const written = this.opened.indexOf(row)
      if (written === -1) this.batch.newLive.splice(this.batch.newLive.indexOf(row), 1)
      else {
        this.opened.splice(written, 1)
        await repository.takeAll(this.client, [row.run_id], [row.ordinal], [row.ordinal])
      }
      turn.result(row, { error: { code, message }, retryable: false })
    }
    if (turn.state.depth + 1 > maxDepth) return refuse('too_deep', `Workflows may call each other ${maxDepth} deep`)
    if (typeof workflow !== 'string') return refuse('input_invalid', `${node.key}: with.workflow must be the slug of a workflow`)
    const found = await this.plans.published(turn.state.project_id, workflow)
    if (!found) return refuse('workflow_not_found', `There is no published workflow ${workflow} in this project`)
    const checked = checkInput(found.plan.inputs, (input ?? {}) as Record<string, unknown>)
    if (checked.errors.length > 0)
      return refuse('input_invalid', checked.errors.map((error) => `${error.path} ${error.message}`).join('; '))
    this.addRun({
      id: newRunUuid(),
      projectId: turn.state.project_id,
      workflowId: found.workflowId,
      version: found.version,
      plan: found.plan,
      trigger: 'workflow',
      input: checked.input,
      scheduleId: null,
      taskId: null,
      parent: { run: turn.state.run_id, ordinal: row.ordinal, depth: turn.state.depth + 1 },
      by: { actor_kind: 'system', actor_id: turn.runId, ip: null, request_id: turn.runId },
    })
  }

  private async dropHeld(): Promise<void> {
    const ranges = [...this.all.values()].flatMap((turn) => turn.toDrop.splice(0).map(([from, to]) => ({ turn, from, to })))
    if (ranges.length === 0) return
    const runs = ranges.map(({ turn }) => turn.state.run_id)
    const rows = await repository.takeAll(
      this.client,
      runs,
      ranges.map((r) => r.from),
      ranges.map((r) => r.to),
    )
    for (const row of rows) this.get(row.run_id)?.dropped(row)
  }

  /** Opens items for which there is room now. True when there were any. */
  private async openHeld(): Promise<boolean> {
    const refs = [...this.all.values()].flatMap((turn) =>
      turn.ended ? [] : turn.toOpen.splice(0).map((ordinal) => ({ run: turn.state.run_id, ordinal })),
    )
    if (refs.length === 0) return false
    for (const row of await repository.findHeld(this.client, refs)) {
      const turn = this.get(row.run_id)
      row.state = row.pool === null ? repository.live.waiting : repository.live.ready
      this.opened.push(row)
      if (turn && row.pool === null) turn.callChild(row, turn.node(row.node))
    }
    return true
  }

  /** Puts the state of every run into the batch. */
  write(): void {
    for (const turn of this.all.values()) turn.write()
  }
}
