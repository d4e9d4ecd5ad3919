import { answeredAnew, crashPoint, type IdempotencyKey, type SqlClient, type Statement, together } from '@orrery/core'
import type { Plans } from '../workflows/index.ts'
import { decideApprovals } from './approvals.ts'
import { type Assigned, assign } from './assign.ts'
import type { Backlog } from './backlog.ts'
import { settledOf, statementsOf } from './batch.repository.ts'
import { Batch, stepVersion } from './batch.ts'
import type { Admission, Claimer, Command, CommandOf, NewRun } from './commands.ts'
import { endRuns, ends } from './end-runs.ts'
import * as repository from './engine.repository.ts'
import type { Limits } from './limits.ts'
import { admit } from './log-limit.ts'
import { allDue } from './progress.ts'
import type { LiveRow, TimerRow } from './rows.ts'
import { stepIdOf } from './step-id.ts'
import { stepsDue } from './steps-due.ts'
import { Turns } from './turns.ts'

/** How long a worker may be silent before its steps are given to another, unless the settings say otherwise. */
export const defaultLeaseMs = 30_000

export type GroupResult = Assigned & {
  /** Called after the commit. */
  settle: (() => void)[]
  events: number
  /** Something was put down that is due at once. */
  dueNow: boolean
}

export type GroupOptions = { backlog: Backlog; limits: Limits; leaseMs?: number }

/** Everything of one transaction: many commands, each run moved once, what they change written at once. */
export class Group {
  readonly batch: Batch
  readonly client: SqlClient
  readonly turns: Turns
  readonly backlog: Backlog
  readonly limits: Limits
  private readonly settle: (() => void)[] = []
  private readonly others: Statement[] = []
  private othersSent: () => void = () => undefined
  private sent: Promise<unknown>[] = []
  private begun = false

  constructor(client: SqlClient, plans: Plans, { backlog, limits, leaseMs = defaultLeaseMs }: GroupOptions) {
    this.backlog = backlog
    this.limits = limits
    this.client = client
    this.batch = new Batch(leaseMs)
    this.turns = new Turns(client, plans, this.batch)
  }

  /** Opens the transaction and says when it began, by the database's clock. Unless the caller did, `run` does it along with what it asks first. */
  async begin(): Promise<Date> {
    this.begun = true
    const now = new Date(await repository.begin(this.client))
    this.batch.beginAt(now)
    return now
  }

  /** Takes statements of whoever began this group along with the first that it writes, and calls `sent` then. */
  along(statements: Statement[], sent: () => void = () => undefined): void {
    this.others.push(...statements)
    this.othersSent = sent
  }

  /** Does all of it and commits. What the database refused is told rather than what could not be done after that. */
  async run(commands: Command[], parked: Claimer[]): Promise<GroupResult> {
    try {
      return await this.work(commands, parked)
    } catch (error) {
      const refused = (await Promise.allSettled(this.sent)).find((each) => each.status === 'rejected')
      throw refused ? refused.reason : error
    }
  }

  /** Statements that don't need each other's answers are sent together: three round trips at most. */
  private async work(commands: Command[], parked: Claimer[]): Promise<GroupResult> {
    const of = <K extends Command['kind']>(kind: K) => commands.filter((command): command is CommandOf<K> => command.kind === kind)
    const exchanges = of('exchange')
    const [, paused, keys, , logging, taken, lost] = await together(this.client, () =>
      Promise.all([
        this.begun ? undefined : this.begin(),
        this.findPaused(of('create')),
        this.keepKeys(of('create')),
        this.turns.lock(runsOf(commands)),
        findLogging(this.client, exchanges),
        takeLeased(this.client, exchanges),
        takeLost(this.client, of('lost'), this.batch.leaseMs),
      ]),
    )
    await this.create(of('create'), keys, paused)
    this.logs(exchanges, logging)
    this.results(exchanges, taken)
    this.lost(of('lost'), lost)
    await this.drains(of('drain'))
    const ending = await this.timers(of('timers'))
    await this.signals(of('signal'))
    await decideApprovals(this, of('decide'), this.settle)
    await endRuns(this, ending, of('cancel'), this.settle)
    await this.turns.advance()
    const claimers = [...exchanges.map((each) => each.claimer), ...parked]
    const result = await assign(this, claimers, () => {
      this.send([...this.others.splice(0), ...settledOf(this.batch)])
      this.othersSent()
    })
    if (claimers.some((each) => each.given.length > 0)) crashPoint('after-claim')
    await this.write()
    return {
      ...result,
      settle: this.settle,
      events: this.batch.events.length,
      dueNow: this.batch.timers.some((timer) => timer.delay_ms === 0),
    }
  }

  /** Keeps the idempotency keys of runs to be made and says which of them were free. */
  private async keepKeys(commands: CommandOf<'create'>[]): Promise<Set<string>> {
    const keys = commands.flatMap(({ key, answer }) =>
      key ? [{ scope: key.scope, key: key.key, request_hash: key.requestHash, answer }] : [],
    )
    if (keys.length === 0) return new Set()
    return new Set((await repository.keepKeys(this.client, keys)).map((row) => `${row.scope}\n${row.key}`))
  }

  /** Whether a change is to be made that is possible just now, or was made before: a client says again what it got no answer to. */
  async admit(key: IdempotencyKey | null, possible: boolean): Promise<Admission> {
    if (key && !possible) return (await repository.knowsKey(this.client, key)) ? 'repeated' : 'refused'
    if (!key) return possible ? 'new' : 'refused'
    const { scope, key: name, requestHash: request_hash } = key
    return (await repository.keepKeys(this.client, [{ scope, key: name, request_hash, answer: answeredAnew }])).length > 0
      ? 'new'
      : 'repeated'
  }

  private async findPaused(commands: CommandOf<'create'>[]): Promise<Set<string>> {
    if (commands.length === 0) return new Set()
    return repository.findPaused(this.client, [...new Set(commands.map(({ run }) => run.workflowId))])
  }

  private async create(commands: CommandOf<'create'>[], free: Set<string>, paused: Set<string>): Promise<void> {
    for (const { run, key, done } of commands) {
      const admitted = key && !free.delete(`${key.scope}\n${key.key}`) ? 'repeated' : (await this.closeLetters(run)) ? 'new' : 'refused'
      if (admitted === 'new') {
        this.turns.addRun({ ...run, held: paused.has(run.workflowId) })
        if (run.origin) await repository.copySteps(this.client, run.origin.run, run.id, run.origin.kept)
      }
      // nothing was done with it
      if (admitted === 'refused' && key) await repository.dropKey(this.client, key)
      this.settle.push(() => done(admitted))
    }
  }

  /** False where a run was to take up dead letters and somebody else has. */
  private async closeLetters({ id, origin }: NewRun): Promise<boolean> {
    if (!origin || origin.letters === 'leave') return true
    const kept = origin.letters === 'take' ? [] : origin.kept
    const closed = await repository.closeLetters(this.client, origin.run, id, kept)
    return closed > 0 || origin.letters === 'close'
  }

  /** Keeps the lines of attempts that hold their lease, as many as one may write. */
  private logs(exchanges: CommandOf<'exchange'>[], logging: repository.LoggingRow[]): void {
    const known = new Map(logging.map((row) => [keyOf(row), { node: row.node, logged: { lines: row.log_lines, bytes: row.log_bytes } }]))
    for (const { run_id, ordinal, attempt, lines } of exchanges.flatMap((each) => each.logs)) {
      const key = keyOf({ run_id, ordinal, attempt })
      const step = known.get(key)
      const turn = this.turns.get(run_id)
      if (!step || !turn) continue
      const { kept, after } = admit(step.logged, lines)
      step.logged = after
      if (kept.length === 0) continue
      this.batch.logs.push({ run_id, ordinal, attempt, lines: kept })
      this.batch.logCounts.set(key, { run_id, ordinal, attempt, log_lines: after.lines, log_bytes: after.bytes })
      const subject = {
        id: stepIdOf(turn.runId, ordinal),
        version: stepVersion(attempt, 'logged'),
        projectId: turn.projectId,
        lineageRef: turn.runId,
      }
      this.batch.say('step.logged', subject, { runId: turn.runId, key: turn.node(step.node).key, lines: kept.length })
    }
  }

  private results(exchanges: CommandOf<'exchange'>[], taken: LiveRow[]): void {
    const results = exchanges.flatMap((each) => each.results)
    // of what is said twice the first counts
    const ends = new Map(results.toReversed().map((each) => [`${each.run}/${each.ordinal}/${each.attempt}`, each]))
    for (const row of taken) {
      const found = ends.get(`${row.run_id}/${row.ordinal}/${row.attempt}`)
      if (!found) continue
      if (found.refused && 'error' in found.end) this.turns.get(row.run_id)?.giveUp(row, found.end.error)
      else this.turns.get(row.run_id)?.result(row, found.end)
    }
  }

  private lost(commands: CommandOf<'lost'>[], taken: repository.LostRow[]): void {
    for (const { done } of commands) this.settle.push(done)
    for (const { overdue, ...row } of taken) {
      const turn = this.turns.get(row.run_id)
      if (!turn) continue
      if (overdue) {
        const message = `Attempt ${row.attempt} took longer than ${row.timeout_ms} ms, and its worker did not end it`
        turn.result(row, { error: { code: 'timeout', message }, retryable: true })
        continue
      }
      row.lost += 1
      if (turn.node(row.node).unsafe) {
        turn.giveUp(row, {
          code: 'interrupted',
          message: 'The worker fell silent, and the step is unsafe to repeat: see whether it had its effect',
        })
        continue
      }
      const error = { code: 'worker_lost', message: `The worker fell silent during attempt ${row.attempt}` }
      if (row.lost < 3) turn.again(row, error, 0)
      else turn.giveUp(row, { code: 'worker_lost', message: 'Three workers were lost over this step, so it is not tried again' })
    }
  }

  /** Gives up what waits in a queue: somebody wants it empty. */
  private async drains(commands: CommandOf<'drain'>[]): Promise<void> {
    for (const { refs, by, audit, done } of commands) {
      const rows = (await repository.takeReady(this.client, refs)).filter((row) => this.turns.get(row.run_id)?.ended === false)
      for (const row of rows)
        this.turns.get(row.run_id)?.giveUp(row, { code: 'drained', message: 'The queue was drained before a worker took this step' })
      this.batch.audits.push({ ...by, ...audit, action: 'queue.drain', entity_type: 'queue', after: { steps: rows.length } })
      this.settle.push(() => done(rows.length))
    }
  }

  /** Moves what was to go on by now, and answers what is to end. */
  private async timers(commands: CommandOf<'timers'>[]): Promise<TimerRow[]> {
    for (const { done } of commands) this.settle.push(done)
    const ids = commands.flatMap((each) => each.timers.map((timer) => timer.id))
    if (ids.length === 0) return []
    const due = await repository.takeTimers(this.client, ids)
    await stepsDue(this, due)
    for (const timer of due) {
      const turn = this.turns.get(timer.run_id)
      if (turn && timer.kind === 'slot') this.turns.slots.again(turn)
      if (turn && timer.kind === 'go_on') turn.due.push(...allDue(turn.plan, turn.progress))
    }
    return due.filter((timer) => ends(timer))
  }

  /** Hands a signal to the step that waits for it, or keeps it for one that will. */
  private async signals(commands: CommandOf<'signal'>[]): Promise<void> {
    for (const { run, name, payload, by, key, done } of commands) {
      const turn = this.turns.get(run)
      const admitted = await this.admit(key, turn?.ended === false)
      this.settle.push(() => done(admitted !== 'refused'))
      if (!turn || admitted !== 'new') continue
      const target = { entity_type: 'run', entity_id: turn.runId, project_id: turn.projectId }
      this.batch.audits.push({ ...by, ...target, action: 'run.signal', after: { name } })
      const waiting = (await repository.findWaiting(this.client, run)).find(
        (row) => (row.input as { signal?: unknown } | null)?.signal === name,
      )
      const [row] = waiting
        ? await repository.takeWaiting(this.client, [{ run, ordinal: waiting.ordinal, attempt: waiting.attempt, begun: true }])
        : []
      if (row) turn.result(row, { output: payload })
      else this.batch.signals.push({ run_id: run, name, payload })
    }
  }

  /** What fails is found by whoever waits for the commit: until then nobody looks. */
  private send(statements: Statement[]): void {
    const sent = together(this.client, () => statements.map((send) => send(this.client)))
    for (const each of sent) each.catch(() => undefined)
    this.sent.push(...sent)
  }

  private async write(): Promise<void> {
    await this.turns.write()
    this.send(statementsOf(this.batch))
    if (this.sent.length > 0) crashPoint('before-commit')
    // after a statement that failed, a commit undoes
    await Promise.all([...this.sent, this.client.query('commit')])
  }
}

/** Every run that these commands will move, and which of them they do nothing with but end them. */
function runsOf(commands: Command[]): { all: string[]; ending: Set<string> } {
  const runs = new Set<string>()
  const ending = new Set<string>()
  for (const command of commands) {
    if (command.kind === 'exchange') for (const each of command.results) runs.add(each.run)
    if (command.kind === 'exchange') for (const each of command.logs) runs.add(each.run_id)
    if (command.kind === 'cancel') ending.add(command.run)
    if (command.kind === 'signal') runs.add(command.run)
    if (command.kind === 'decide') runs.add(command.ref.run)
    if (command.kind === 'lost' || command.kind === 'drain') for (const each of command.refs) runs.add(each.run)
    if (command.kind === 'timers') for (const timer of command.timers) (ends(timer) ? ending : runs).add(timer.run_id)
  }
  for (const run of runs) ending.delete(run)
  return { all: [...runs, ...ending], ending }
}

const keyOf = (ref: { run_id: string; ordinal: number; attempt: number }) => `${ref.run_id}/${ref.ordinal}/${ref.attempt}`

async function findLogging(client: SqlClient, exchanges: CommandOf<'exchange'>[]): Promise<repository.LoggingRow[]> {
  const logs = exchanges.flatMap((each) => each.logs)
  return logs.length === 0 ? [] : repository.findLogging(client, logs)
}

async function takeLeased(client: SqlClient, exchanges: CommandOf<'exchange'>[]): Promise<LiveRow[]> {
  const results = exchanges.flatMap((each) => each.results)
  return results.length === 0 ? [] : repository.takeLeased(client, results)
}

async function takeLost(client: SqlClient, commands: CommandOf<'lost'>[], leaseMs: number): Promise<repository.LostRow[]> {
  const refs = commands.flatMap((each) => each.refs)
  return refs.length === 0 ? [] : repository.takeLost(client, refs, leaseMs)
}
