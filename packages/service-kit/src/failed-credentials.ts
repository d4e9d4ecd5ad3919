import { AppError } from '@orrery/core'
import type { Deps } from './deps.ts'

const windowMs = 60_000
const maxKnown = 10_000

/** Slows an address down that keeps sending bad credentials. Whoever sends good ones pays nothing for it. */
export type FailureLimit = {
  /** 429 while too many have failed from this address. Reads what this process knows, so it costs no round trip. */
  requireFew: (address: string) => void
  /** Counts one that failed, over all services and replicas; here alone while Redis is away. */
  count: (address: string) => Promise<void>
}

/** `max` is the number of failures a minute that one address may have. */
export function limitFailures(deps: Pick<Deps, 'redis' | 'namespace'>, max: number): FailureLimit {
  const seen = new Map<string, { count: number; until: number }>()

  function entryOf(address: string, now: number) {
    const known = seen.get(address)
    if (known && known.until > now) return known
    seen.delete(address)
    if (seen.size >= maxKnown) seen.delete(seen.keys().next().value ?? '')
    const fresh = { count: 0, until: now + windowMs }
    seen.set(address, fresh)
    return fresh
  }

  return {
    requireFew(address) {
      const now = Date.now()
      const known = seen.get(address)
      if (!known || known.until <= now || known.count < max) return
      throw new AppError('limited', 'credentials_limited', 'Too many bad credentials came from this address; try again later', {
        retryAfterSeconds: Math.ceil((known.until - now) / 1000),
      })
    },
    async count(address) {
      const entry = entryOf(address, Date.now())
      entry.count += 1
      const key = `${deps.namespace}:failed:${address}`
      const answers = await deps.redis
        .multi()
        .set(key, 0, 'PX', windowMs, 'NX')
        .incr(key)
        .exec()
        .catch(() => null)
      const shared = answers?.[1]?.[1]
      if (typeof shared === 'number') entry.count = Math.max(entry.count, shared)
    },
  }
}
