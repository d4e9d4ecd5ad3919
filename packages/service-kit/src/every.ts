import { quietly } from './bells.ts'
import type { Deps } from './deps.ts'

/** Work that repeats: `now` runs it at once and answers when it is done; `close` waits for a run under way. */
export type Repeated = { now: () => Promise<void>; close: () => Promise<void> }

/** Does something each `intervalMs`, never twice at a time in this process. Failures are logged and the next turn tries again. */
export function every(deps: Deps, what: string, intervalMs: number, work: () => Promise<unknown>): Repeated {
  const failed = quietly(deps.log, what)
  let running: Promise<void> | undefined
  const now = () => {
    running ??= work()
      .then(
        () => undefined,
        (error: unknown) => failed(error instanceof Error ? error : new Error(String(error))),
      )
      .finally(() => {
        running = undefined
      })
    return running
  }
  const timer = setInterval(() => void now(), intervalMs)
  timer.unref()
  return {
    now,
    async close() {
      clearInterval(timer)
      await running
    },
  }
}
