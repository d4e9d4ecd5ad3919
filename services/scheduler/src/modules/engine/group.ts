import { fromUuid, uuidOf } from '@orrery/core'
import type { ClientBase } from 'pg'
import { checkInput, type Plans } from '../workflows/index.ts'
import { Batch, projectIdOf } from './batch.ts'
import type { Claimer, Command, CommandOf, NewRun } from './commands.ts'
import * as repository from './engine.repository.ts'
import { begin, firstSteps, ordinalOf } from './progress.ts'
import { type ChildNews, type LiveRow, live, type RunRow, type StateRow, type TimerRow } from './rows.ts'
import { newRunUuid, runIdOf, stepIdOf } from './step-id.ts'
import { type ChildCall, type StepEnd, Turn } from './turn.ts'

export const maxDepth = 10
const maxOrdinal = 0xfffff

export type GroupResult = {
  /** Called after the commit. */
  settle: (() => void)[]
  /** Ready steps that nobody here took. */
  leftReady: number
  /** The soonest time, in ms from now, at which a step becomes ready again; null without one. */
  nextReadyMs: number | null
  /** False once a claim found less than it asked for. */
  backlog: boolean
  events: number
  /** Something was put down that is due at once. */
  dueNow: boolean
}

/** Everything of one transaction: many commands, each run moved once, one statement to write it all. */
export class Group {
  readonly batch: Batch
  private readonly client: ClientBase
  private readonly plans: Plans
  private readonly turns = new Map<string, Turn>()
  private readonly settle: (() => void)[] = []

  constructor(client: ClientBase, plans: Plans, now: string) {
    this.client = client
    this.plans = plans
    this.batch = new Batch(now)
  }

  /** Does all of it up to the commit, which is the caller's. */
  async run(commands: Command[], parked: Claimer[], backlog: boolean): Promise<GroupResult> {
    const of = <K extends Command['kind']>(kind: K) => commands.filter((command): command is CommandOf<K> => command.kind === kind)
    const exchanges = of('exchange')
    await this.create(of('create'))
    await this.lock(commands)
    await this.logs(exchanges)
    await this.results(exchanges)
    await this.lost(of('lost'))
    await this.timers(of('timers'))
    await this.cancels(of('cancel'))
    await this.advance()
    const claimers = [...exchanges.map((each) => each.claimer), ...parked]
    const result = await this.assign(claimers, backlog)
    await this.write()
    return { ...result, settle: this.settle, events: this.batch.events.length, dueNow: this.batch.timers.some((timer) => timer.delay_ms === 0) }
  }

  private async create(commands: CommandOf<'create'>[]): Promise<void> {
    const keyed = commands.filter((command) => command.key !== null)
    const free = new Set<string>()
    if (keyed.length > 0) {
      const keys = keyed.map(({ key, answer }) => ({ scope: key?.scope ?? '', key: key?.key ?? '', request_hash: key?.requestHash ?? '', answer }))
      for (const row of await repository.keepKeys(this.client, keys)) free.add(`${row.scope}\n${row.key}`)
    }
    for (const { run, key, done } of commands) {
      const place = key && `${key.scope}\n${key.key}`
      const taken = place !== null && !free.delete(place)
      if (!taken) this.addRun(run)
      this.settle.push(() => done(taken))
    }
  }

  addRun(run: NewRun): void {
    const progress = begin(run.plan)
    const { projectId: project_id, workflowId: workflow_id, version: workflow_version, scheduleId: schedule_id, taskId: task_id } = run
    const shared = { project_id, workflow_id, workflow_version, schedule_id, task_id, parent_run_id: run.parent?.run ?? null, created_at: this.batch.now }
    const row: RunRow = { ...shared, id: run.id, trigger: run.trigger, status: 'queued', input: run.input, started_at: null, outcome: null, output: null, error: null, ended_at: null }
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
    if (run.plan.timeoutMs !== null) this.batch.timers.push({ delay_ms: run.plan.timeoutMs, kind: 'run_timeout', run_id: run.id, ordinal: null, payload: null })
    const turn = new Turn(this.batch, state, run.plan, row)
    turn.input = run.input
    turn.due = firstSteps(run.plan)
    this.turns.set(run.id, turn)
  }

  /** Locks every run that this group will move, before anything else is held. */
  private async lock(commands: Command[]): Promise<void> {
    const runs = new Set<string>()
    for (const command of commands) {
      if (command.kind === 'exchange') for (const each of command.results) runs.add(each.run)
      if (command.kind === 'exchange') for (const each of command.logs) runs.add(each.run_id)
      if (command.kind === 'cancel') runs.add(command.run)
      if (command.kind === 'lost') for (const each of command.refs) runs.add(each.run)
      if (command.kind === 'timers') for (const each of command.timers) runs.add(each.run_id)
    }
    if (runs.size > 0) await this.open(await repository.lockRuns(this.client, [...runs]))
  }

  private async open(states: StateRow[]): Promise<void> {
    for (const state of states) {
      if (this.turns.has(state.run_id)) continue
      const plan = await this.plans.get(state.workflow_id, state.workflow_version)
      this.turns.set(state.run_id, new Turn(this.batch, state, plan, null))
    }
  }

  private async logs(exchanges: CommandOf<'exchange'>[]): Promise<void> {
    const logs = exchanges.flatMap((each) => each.logs)
    if (logs.length === 0) return
    for (const { run_id, ordinal, attempt, node, lines } of await repository.keepLogs(this.client, logs)) {
      const turn = this.turns.get(run_id)
      if (!turn) continue
      const subject = { id: stepIdOf(turn.runId, ordinal), version: attempt * 3, projectId: turn.projectId, lineageRef: turn.runId }
      this.batch.say('step.logged', subject, { runId: turn.runId, key: turn.node(node).key, lines })
    }
  }

  private async results(exchanges: CommandOf<'exchange'>[]): Promise<void> {
    const results = exchanges.flatMap((each) => each.results)
    if (results.length === 0) return
    const ends = new Map(results.map((each) => [`${each.run}/${each.ordinal}`, each.end]))
    for (const row of await repository.takeLeased(this.client, results)) {
      const end = ends.get(`${row.run_id}/${row.ordinal}`)
      if (end) this.turns.get(row.run_id)?.result(row, end)
    }
  }

  private async lost(commands: CommandOf<'lost'>[]): Promise<void> {
    const refs = commands.flatMap((each) => each.refs)
    for (const { done } of commands) this.settle.push(done)
    if (refs.length === 0) return
    for (const row of await repository.takeLost(this.client, refs)) {
      const turn = this.turns.get(row.run_id)
      if (!turn) continue
      row.lost += 1
      const error = { code: 'worker_lost', message: `The worker fell silent during attempt ${row.attempt}` }
      if (row.lost < 3) turn.again(row, error, 0)
      else turn.result(row, { error: { code: 'worker_lost', message: 'Three workers were lost over this step, so it is not tried again' }, retryable: false })
    }
  }

  private async timers(commands: CommandOf<'timers'>[]): Promise<void> {
    for (const { done } of commands) this.settle.push(done)
    const ids = commands.flatMap((each) => each.timers.map((timer) => timer.id))
    if (ids.length === 0) return
    const due = await repository.takeTimers(this.client, ids)
    const news = new Map(due.flatMap((timer) => (timer.kind === 'child' ? [[`${timer.run_id}/${timer.ordinal}`, timer.payload] as const] : [])))
    const waiting = due.flatMap((timer) => (timer.kind === 'child' && timer.ordinal !== null ? [{ run: timer.run_id, ordinal: timer.ordinal }] : []))
    if (waiting.length > 0) {
      for (const row of await repository.takeWaiting(this.client, waiting)) {
        const payload = news.get(`${row.run_id}/${row.ordinal}`)
        if (payload) this.turns.get(row.run_id)?.result(row, childEnd(payload))
      }
    }
    await this.stop(due.filter((timer) => timer.kind === 'cancel'), 'canceled')
    await this.stop(due.filter((timer) => timer.kind === 'run_timeout'), 'timeout')
  }

  private async cancels(commands: CommandOf<'cancel'>[]): Promise<void> {
    for (const { run, by, done } of commands) {
      const turn = this.turns.get(run)
      const canceled = turn !== undefined && !turn.ended
      this.settle.push(() => done(canceled))
      if (!canceled) continue
      this.batch.audits.push({ ...by, action: 'run.cancel', entity_type: 'run', entity_id: turn.runId, project_id: turn.projectId, after: null })
      await this.stop([{ run_id: run }], 'canceled')
    }
  }

  private async stop(which: Pick<TimerRow, 'run_id'>[], why: 'canceled' | 'timeout'): Promise<void> {
    const turns = which.map(({ run_id }) => this.turns.get(run_id)).filter((turn) => turn !== undefined && !turn.ended)
    const runs = turns.map((turn) => turn?.state.run_id ?? '')
    if (runs.length === 0) return
    const rows = await repository.takeAll(this.client, runs, runs.map(() => 1), runs.map(() => maxOrdinal))
    for (const { run_id } of await repository.findChildren(this.client, runs)) this.batch.timers.push({ delay_ms: 0, kind: 'cancel', run_id, ordinal: null, payload: null })
    for (const turn of turns) {
      const mine = rows.filter((row) => row.run_id === turn?.state.run_id)
      if (why === 'canceled') turn?.stop(mine, 'canceled', 'cancelled', null)
      else turn?.stop(mine, 'failed', 'timeout', { code: 'run_timeout', message: 'The run took longer than its timeout', stepKey: null })
    }
  }

  /** Moves every run on, in rounds: what expressions read is loaded for all of them at once. */
  private async advance(): Promise<void> {
    for (;;) {
      for (const turn of this.turns.values()) turn.advance()
      const called = [...this.turns.values()].flatMap((turn) => turn.children.splice(0))
      for (const call of called) await this.startChild(call)
      await this.dropHeld()
      const opened = await this.openHeld()
      const asking = [...this.turns.values()].filter((turn) => !turn.ended).map((turn) => ({ turn, ...turn.missing() }))
      const needy = asking.filter(({ nodes, input }) => nodes.length > 0 || input)
      if (needy.length === 0 && called.length === 0 && !opened) break
      await this.load(needy)
    }
  }

  private async load(needy: { turn: Turn; nodes: number[]; input: boolean }[]): Promise<void> {
    const ranges = needy.flatMap(({ turn, nodes }) =>
      nodes.map((index) => {
        turn.loaded.add(index)
        const fan = turn.progress.fans[index]
        const from = fan ? fan.base : ordinalOf(index)
        return { run: turn.state.run_id, from, to: fan ? fan.base + fan.total - 1 : from }
      }),
    )
    if (ranges.length > 0) {
      for (const { run_id, ordinal, output } of await repository.loadOutputs(this.client, ranges)) {
        this.turns.get(run_id)?.outputs.set(ordinal, output as never)
      }
    }
    const inputs = needy.filter(({ input }) => input).map(({ turn }) => turn.state.run_id)
    if (inputs.length === 0) return
    for (const { id, input } of await repository.loadInputs(this.client, inputs)) {
      const turn = this.turns.get(id)
      if (turn) turn.input = input as never
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
    if (checked.errors.length > 0) return refuse('input_invalid', checked.errors.map((error) => `${error.path} ${error.message}`).join('; '))
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
    const ranges = [...this.turns.values()].flatMap((turn) => turn.toDrop.splice(0).map(([from, to]) => ({ turn, from, to })))
    if (ranges.length === 0) return
    const runs = ranges.map(({ turn }) => turn.state.run_id)
    const rows = await repository.takeAll(this.client, runs, ranges.map((r) => r.from), ranges.map((r) => r.to))
    for (const row of rows) this.turns.get(row.run_id)?.dropped(row)
  }

  private readonly opened: LiveRow[] = []

  /** Opens items for which there is room now. True when there were any. */
  private async openHeld(): Promise<boolean> {
    const refs = [...this.turns.values()].flatMap((turn) => (turn.ended ? [] : turn.toOpen.splice(0).map((ordinal) => ({ run: turn.state.run_id, ordinal }))))
    if (refs.length === 0) return false
    for (const row of await repository.findHeld(this.client, refs)) {
      const turn = this.turns.get(row.run_id)
      row.state = row.pool === null ? live.waiting : live.ready
      this.opened.push(row)
      if (turn && row.pool === null) turn.callChild(row, turn.node(row.node))
    }
    return true
  }

  /** Gives what became ready here to whoever has room here, then fills what room is left from the backlog. */
  private async assign(claimers: Claimer[], backlog: boolean) {
    const now = this.batch.newLive.filter((row) => row.state === live.ready)
    const fresh = [...now.filter((row) => row.delay_ms === 0), ...this.opened.filter((row) => row.state === live.ready)]
    let left = 0
    for (const row of fresh) {
      const turn = this.turns.get(row.run_id)
      const claimer = turn && claimers.find((each) => (each.room.get(row.pool ?? '') ?? 0) > 0)
      if (turn && claimer) this.lease(turn, row, claimer)
      else left += 1
    }
    const room = new Map<string, number>()
    for (const claimer of claimers) for (const [pool, n] of claimer.room) if (n > 0) room.set(pool, (room.get(pool) ?? 0) + n)
    let more = backlog || left > 0
    if (backlog && room.size > 0) {
      const rows = await repository.claimReady(this.client, [...room.keys()], [...room.values()])
      await this.open(rows.map((row) => row.state_row))
      for (const row of rows) {
        const turn = this.turns.get(row.run_id)
        const claimer = claimers.find((each) => (each.room.get(row.pool ?? '') ?? 0) > 0)
        if (!turn || turn.ended || !claimer) continue
        this.lease(turn, row, claimer)
        this.batch.changedLive.push(row)
      }
      const found = Map.groupBy(rows, (row) => row.pool ?? '')
      more = left > 0 || [...room].some(([pool, n]) => (found.get(pool)?.length ?? 0) >= n)
    }
    this.batch.changedLive.push(...this.opened)
    const delays = now.filter((row) => row.delay_ms > 0).map((row) => row.delay_ms)
    return { leftReady: left, backlog: more, nextReadyMs: delays.length > 0 ? Math.min(...delays) : null }
  }

  private lease(turn: Turn, row: LiveRow, claimer: Claimer): void {
    const pool = row.pool ?? ''
    claimer.room.set(pool, (claimer.room.get(pool) ?? 0) - 1)
    turn.lease(row, claimer.worker)
    const node = turn.node(row.node)
    claimer.given.push({
      stepId: stepIdOf(turn.runId, row.ordinal),
      runId: turn.runId,
      projectId: turn.projectId,
      key: node.key,
      itemIndex: row.item,
      uses: node.uses,
      attempt: row.attempt,
      input: row.input,
      timeoutMs: row.timeout_ms,
      leaseMs: repository.leaseMs,
    })
  }

  async write(): Promise<void> {
    for (const turn of this.turns.values()) turn.write()
    if (!this.batch.isEmpty) await repository.writeBatch(this.client, this.batch)
  }
}

function childEnd(news: ChildNews): StepEnd & { retryable: boolean } {
  if (news.outcome === 'success') return { output: news.output, retryable: false }
  const why = news.error ? `: ${news.error.message}` : ''
  return { error: { code: `child_${news.outcome}`, message: `The run ${news.runId} ended ${news.outcome}${why}` }, retryable: news.outcome !== 'cancelled' }
}

export const workerUuid = (id: string): string => uuidOf('worker', id)
