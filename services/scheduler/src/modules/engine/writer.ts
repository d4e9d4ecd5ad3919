import type pg from 'pg'
import type { Logger } from '@orrery/service-kit'
import type { Plans } from '../workflows/index.ts'
import type { Claimer, Command } from './commands.ts'
import { Group, type GroupResult } from './group.ts'

export type WriterOptions = {
  pool: pg.Pool
  plans: Plans
  log: Logger
  /** The database's time in ms. */
  now: () => number
  /** After each commit: what it wrote and left behind. */
  committed: (result: GroupResult) => void
}

export type Writer = {
  submit: (command: Command) => void
  /** Looks for work for those who wait: something may have become ready. */
  poke: () => void
  waiting: () => number
  close: () => Promise<void>
}

const maxCommands = 2000
const isPassing = /^(40P01|40001|55P03|57014|57P01|57P02|57P03|53300|08)/

/**
 * One transaction at a time takes everything that came in while the last one was committing. The first caller after
 * a quiet time goes at once; under load the commit itself is the window, so the cost of a step falls as load rises.
 */
export function createWriter({ pool, plans, log, now, committed }: WriterOptions): Writer {
  let queue: Command[] = []
  let parked: Claimer[] = []
  let backlog = true
  let poked = false
  let running: Promise<void> | undefined
  let closed = false

  const schedule = () => {
    if (running || closed) return
    running = drain().finally(() => {
      running = undefined
      if (queue.length > 0 || poked) schedule()
    })
  }

  async function drain(): Promise<void> {
    // callers of the same turn of the event loop go together
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (queue.length > 0 || poked) {
      const commands = queue.slice(0, maxCommands)
      queue = queue.slice(maxCommands)
      poked = false
      await commit(commands)
    }
  }

  async function commit(commands: Command[]): Promise<void> {
    const waiting = parked
    parked = []
    try {
      const result = await transact(commands, waiting)
      backlog = result.backlog
      for (const settle of result.settle) settle()
      const claimers = [...commands.flatMap((command) => (command.kind === 'exchange' ? [command.claimer] : [])), ...waiting]
      for (const claimer of claimers) release(claimer)
      committed(result)
    } catch (error) {
      for (const claimer of waiting) claimer.given.length = 0
      parked.push(...waiting)
      await failed(commands, error)
    }
  }

  /** One bad command must not take others down with it: after a failure each is tried alone. */
  async function failed(commands: Command[], error: unknown): Promise<void> {
    const code = String((error as { code?: unknown }).code ?? '')
    log.warn({ err: error, commands: commands.length }, 'a group was rolled back')
    if (commands.length > 1 && !isPassing.test(code)) {
      for (const command of commands) await commit([command])
      return
    }
    for (const command of commands) command.fail(error)
  }

  async function transact(commands: Command[], waiting: Claimer[]): Promise<GroupResult> {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      const group = new Group(client, plans, new Date(now()).toISOString())
      const result = await group.run(commands, waiting, backlog)
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  function release(claimer: Claimer): void {
    if (claimer.given.length > 0 || claimer.until <= Date.now()) claimer.resolve(claimer.given)
    else parked.push(claimer)
  }

  const sweep = setInterval(() => {
    const late = parked.filter((claimer) => claimer.until <= Date.now())
    if (late.length === 0) return
    parked = parked.filter((claimer) => claimer.until > Date.now())
    for (const claimer of late) claimer.resolve([])
  }, 100)
  sweep.unref()

  return {
    submit(command) {
      if (closed) return command.fail(new Error('The engine is stopping'))
      queue.push(command)
      schedule()
    },
    poke() {
      backlog = true
      if (parked.length === 0) return
      poked = true
      schedule()
    },
    waiting: () => parked.length,
    async close() {
      await running
      closed = true
      clearInterval(sweep)
      for (const claimer of parked) claimer.resolve([])
      parked = []
    },
  }
}
