import type { Log, SqlPool } from '@orrery/core'
import * as repository from './engine.repository.ts'
import type { Limits } from './limits.ts'
import { forgottenSlots } from './slots.repository.ts'
import type { Writer } from './writer.ts'

const lookEveryMs = 250
const lostEveryMs = 2000
const boundsEveryMs = 1000
const atOnce = 500

type Surroundings = {
  pool: SqlPool
  log: Log
  writer: Writer
  limits: Limits
  /** Calls back when another process says that there may be work. */
  onWork: (heard: () => void) => () => void
}

/** What nobody asks for: timers that are due, workers that fell silent, steps that wait though somebody has room, signals that nobody waits for any more. */
export function keepMoving({ pool, log, writer, limits, onWork }: Surroundings): { soon: () => void; close: () => void } {
  let busy = false
  let again = false
  let lostAt = 0
  let boundsAt = 0

  async function look(): Promise<void> {
    if (Date.now() - boundsAt > boundsEveryMs) {
      boundsAt = Date.now()
      limits.bounds = await repository.loadBounds(pool)
    }
    const timers = await repository.dueTimers(pool, atOnce)
    if (timers.length > 0) await new Promise<void>((done, fail) => writer.submit({ kind: 'timers', timers, done, fail }))
    if (Date.now() - lostAt > lostEveryMs) {
      lostAt = Date.now()
      await forgottenSlots(pool, atOnce)
      await repository.forgetSignals(pool)
      const lost = await repository.lostSteps(pool, atOnce)
      const refs = lost.map((row) => ({ run: row.run_id, ordinal: row.ordinal }))
      if (refs.length > 0) await new Promise<void>((done, fail) => writer.submit({ kind: 'lost', refs, done, fail }))
    }
    if (timers.length === atOnce) soon()
  }

  const tick = () => {
    writer.poke()
    if (busy) {
      again = true
      return
    }
    busy = true
    again = false
    look()
      .catch((error: unknown) => log.warn({ err: error }, 'the look for due work failed'))
      .finally(() => {
        busy = false
        if (again) soon()
      })
  }
  const soon = () => setImmediate(tick)
  const timer = setInterval(tick, lookEveryMs)
  timer.unref()
  const unlisten = onWork(() => writer.poke())
  return {
    soon,
    close() {
      clearInterval(timer)
      unlisten()
    },
  }
}
