import { setTimeout as pause } from 'node:timers/promises'

/** Asks again each 20 ms until the answer is neither undefined nor false. Fails after `timeoutMs` with what was waited for. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 10_000,
): Promise<T> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`)
    await pause(20)
  }
}
