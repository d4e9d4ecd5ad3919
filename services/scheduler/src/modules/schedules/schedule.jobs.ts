import { type Deps, every } from '@orrery/service-kit'
import type { Machinery } from '../../context.ts'
import { fireSchedules, forgetOldFires, prepareSoon } from './fire-schedules.ts'
import { startWaiting } from './start-waiting.ts'

const lookEveryMs = 500
const forgetEveryMs = 3_600_000

/** Looks for due ticks: when the next one is due, and at least twice a second, for those that others planned. */
export function keepFiring(deps: Deps, machinery: Machinery): { close: () => Promise<void> } {
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let waitingAt = 0

  // ticks that wait for the end of a run: nobody rings for that
  async function lookForWaiting(): Promise<number> {
    waitingAt = Date.now()
    return startWaiting(deps.pipelined, machinery)
  }

  async function look(): Promise<void> {
    let waitMs = lookEveryMs
    try {
      const { count, crowd, nextMs } = await fireSchedules(deps.pipelined, machinery)
      const nextAt = Date.now() + (nextMs ?? lookEveryMs)
      const started = count > 0 && Date.now() - waitingAt < lookEveryMs ? 0 : await lookForWaiting()
      // in a crowd the fires go first: the relay looks four times a second by itself
      if (count + started > 0 && !crowd) deps.bells.ring('outbox')
      if (count === 0 && nextMs !== null && nextMs > 20 && nextMs <= lookEveryMs) await prepareSoon(deps.pool, machinery, lookEveryMs)
      waitMs = count > 0 ? 0 : Math.min(Math.max(nextAt - Date.now(), nextMs === null ? lookEveryMs : 2), lookEveryMs)
    } catch (error) {
      deps.log.warn({ err: error }, 'schedules not fired')
    }
    if (closed) return
    timer = setTimeout(() => {
      running = look()
    }, waitMs)
  }
  running = look()
  const forgetting = every(deps, 'ledger of fires', forgetEveryMs, () => forgetOldFires(deps.pool))
  return {
    async close() {
      closed = true
      await forgetting.close()
      clearTimeout(timer)
      await running
    },
  }
}
