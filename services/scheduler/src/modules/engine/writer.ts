import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError, crashPoint, type Log, type SqlPool } from '@orrery/core'
import type { Plans } from '../workflows/index.ts'
import { Backlog } from './backlog.ts'
import type { AttemptEnd, Claimer, Command, CommandOf } from './commands.ts'
import { Group, type GroupResult } from './group.ts'
import type { Limits } from './limits.ts'
import { refusedCode } from './mend-call.ts'
import { putOffLost, putOffTimers } from './put-off.repository.ts'

export type WriterOptions = {
  pool: SqlPool
  plans: Plans
  log: Log
  /** How long a worker may be silent before its steps are given to another. */
  leaseMs: number
  limits: Limits
  /** After each commit: what it wrote and left behind. */
  committed: (result: GroupResult) => void
}

// a workflow that can't be read, or a mistake of ours with it: the database and the others are well
const isOfRun = (error: unknown): boolean => error instanceof AppError || error instanceof TypeError || error instanceof RangeError

const maxCommands = 2000
const sweepEveryMs = 100
// the database was away or busy: the same commands may go better another time, and no better one by one
const isPassing = /^(40P01|40001|55P03|57014|57P01|57P02|57P03|53300|08)/

/**
 * One transaction at a time takes everything that came in while the last one was committing. The first caller after
 * a quiet time goes at once; under load the commit itself is the window, so the cost of a step falls as load rises.
 */
export class Writer {
  private readonly options: WriterOptions
  private queue: Command[] = []
  /** Workers that wait for work. */
  private parked: Claimer[] = []
  private readonly backlog = new Backlog()
  private poked = false
  private closed = false
  private running: Promise<void> | undefined
  private readonly sweeper: NodeJS.Timeout

  constructor(options: WriterOptions) {
    this.options = options
    this.sweeper = setInterval(() => this.sweep(), sweepEveryMs)
    this.sweeper.unref()
  }

  submit(command: Command): void {
    if (this.closed) return command.fail(new Error('The engine is stopping'))
    this.queue.push(command)
    this.start()
  }

  /** Looks for work for those who wait: something may have become ready. */
  poke(): void {
    this.backlog.forget()
    if (this.parked.length === 0) return
    this.poked = true
    this.start()
  }

  async close(): Promise<void> {
    await this.running
    this.closed = true
    clearInterval(this.sweeper)
    for (const claimer of this.parked.splice(0)) claimer.resolve([])
  }

  private start(): void {
    if (this.running || this.closed) return
    this.running = this.drain().finally(() => {
      this.running = undefined
      if (this.queue.length > 0 || this.poked) this.start()
    })
  }

  private async drain(): Promise<void> {
    // callers of the same turn of the event loop go together
    await nextTurn()
    while (this.queue.length > 0 || this.poked) {
      this.poked = false
      await this.commit(this.queue.splice(0, maxCommands))
    }
  }

  private async commit(commands: Command[]): Promise<void> {
    const waiting = this.parked.splice(0)
    try {
      const result = await this.transact(commands, waiting)
      if (commands.length > 0) crashPoint('after-commit-before-answer')
      for (const settle of result.settle) settle()
      for (const command of commands) if (command.kind === 'exchange') this.release(command.claimer)
      for (const claimer of waiting) this.release(claimer)
      // what was not given out of turn is in the table now, and somebody may be waiting for just that
      if (result.leftReady > 0 && this.parked.length > 0) this.poked = true
      this.options.committed(result)
    } catch (error) {
      for (const claimer of waiting) claimer.given.length = 0
      this.parked.push(...waiting)
      await this.failed(commands, error)
    }
  }

  /** One bad command must not take others down with it: after a failure each is tried alone. */
  private async failed(commands: Command[], failure: unknown): Promise<void> {
    const error = failure instanceof Lost ? failure.cause : failure
    const code = String((error as { code?: unknown }).code ?? '')
    this.options.log.warn({ err: error, commands: commands.length }, 'a group was rolled back')
    // whether it is the commands themselves that can't be done
    const lasting = !isPassing.test(code) && !(failure instanceof Lost)
    if (commands.length > 1 && lasting) {
      for (const command of commands) await this.commit([forget(command)])
      return
    }
    const [only] = commands
    if (only?.kind === 'exchange' && lasting) return this.apart(only, error)
    if ((only?.kind === 'timers' || only?.kind === 'lost') && lasting) return this.oneByOne(only, error)
    for (const command of commands) command.fail(error)
  }

  /**
   * A result that no transaction takes would be said again for ever: each is tried alone, and what is refused even then
   * fails its step. Of a run that can't be moved just now nothing is taken: its step is lost and given out again later.
   */
  private async apart(command: CommandOf<'exchange'>, error: unknown): Promise<void> {
    const { results, logs } = command
    const [first] = results
    const without = (part: Partial<CommandOf<'exchange'>>) => this.commit([forget({ ...command, ...part })])
    if (results.length > 1) {
      let failed: { error: unknown } | undefined
      for (const result of results) {
        const fail = (reason: unknown) => {
          failed ??= { error: reason }
        }
        await this.commit([{ ...alone(command, result), fail }])
      }
      return failed ? command.fail(failed.error) : without({ results: [] })
    }
    if (first && !first.refused) {
      const message = `The result could not be kept: ${error instanceof Error ? error.message : String(error)}`
      return without({ results: [{ ...first, end: { error: { code: refusedCode, message } }, refused: true }] })
    }
    if (!isOfRun(error) || (!first && logs.length === 0)) return command.fail(error)
    return without({ results: [], ...(!first && { logs: [] }) })
  }

  /** What nobody asked for: of a run that can't be moved it is looked at again later, and holds nothing up. */
  private async oneByOne(command: CommandOf<'timers' | 'lost'>, error: unknown): Promise<void> {
    const nothing = () => undefined
    const parts: Command[] =
      command.kind === 'timers'
        ? command.timers.map((timer) => ({ ...command, timers: [timer], done: nothing, fail: nothing }))
        : command.refs.map((ref) => ({ ...command, refs: [ref], done: nothing, fail: nothing }))
    if (parts.length === 1 && !isOfRun(error)) return command.fail(error)
    if (parts.length > 1) for (const part of parts) await this.commit([part])
    else await this.putOff(command).catch(nothing)
    command.done()
  }

  private async putOff(command: CommandOf<'timers' | 'lost'>): Promise<void> {
    const { pool } = this.options
    if (command.kind === 'lost') await putOffLost(pool, command.refs)
    else
      await putOffTimers(
        pool,
        command.timers.map((timer) => timer.id),
      )
  }

  private async transact(commands: Command[], waiting: Claimer[]): Promise<GroupResult> {
    const { pool, plans, leaseMs, limits } = this.options
    const client = await pool.connect().catch((error: unknown) => {
      throw new Lost(error)
    })
    let broken: Error | undefined
    try {
      const group = new Group(client, plans, { backlog: this.backlog, limits, leaseMs })
      return await group.run(commands, waiting)
    } catch (error) {
      // what was exhausted in a transaction that was undone may not be
      this.backlog.forget()
      await client.query('rollback').catch((failure: Error) => {
        broken = failure
      })
      throw broken ? new Lost(error) : error
    } finally {
      client.release(broken)
    }
  }

  private release(claimer: Claimer): void {
    if (claimer.given.length > 0 || claimer.until <= Date.now() || claimer.gone?.aborted) claimer.resolve(claimer.given)
    else this.parked.push(claimer)
  }

  private sweep(): void {
    const now = Date.now()
    const [late, rest] = [[], []] as [Claimer[], Claimer[]]
    for (const claimer of this.parked) (claimer.until <= now || claimer.gone?.aborted ? late : rest).push(claimer)
    this.parked = rest
    for (const claimer of late) claimer.resolve([])
  }
}

/** One result of a call by itself: nobody waits for its answer, and nothing is given for it. */
const alone = (command: CommandOf<'exchange'>, result: AttemptEnd): Command => ({
  ...command,
  results: [result],
  logs: [],
  claimer: { ...command.claimer, room: new Map(), given: [], until: 0, resolve: () => undefined },
})

/** The connection is gone, and nobody knows whether what was sent was committed: repeating it could do it twice. */
class Lost extends Error {
  constructor(cause: unknown) {
    super('The connection to the database was lost', { cause })
  }
}

/** What was given in a transaction that was rolled back was not given. */
function forget(command: Command): Command {
  if (command.kind === 'exchange') command.claimer.given.length = 0
  return command
}
