import type { EventName, EventPayload, LiveEvent } from '@orrery/shared-types'
import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { timings } from '../config/config.ts'

export type LiveEventOf<N extends EventName> = Omit<LiveEvent, 'type' | 'payload'> & { type: N; payload: EventPayload<N> }
export type LiveCache = { client: QueryClient; touch: (key: QueryKey) => void }
/** What a feature does when the gateway announces an event. */
export type LiveHandlers = { [N in EventName]?: (event: LiveEventOf<N>, cache: LiveCache) => void }

type Pace = { windowMs: number; coolDownMs: number }

/**
 * Invalidates each key once per window however many events ask for it. A key whose fetch is under way is asked for once
 * more afterwards, never cancelled: a stream of events can't keep an answer from arriving, nor drown the server.
 */
export function coalescingCache(
  client: QueryClient,
  { windowMs, coolDownMs }: Pace = { windowMs: timings.coalesceMs, coolDownMs: timings.coolDownMs },
): LiveCache {
  const waiting = new Map<string, QueryKey>()
  const busy = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | null = null
  const fetchAgain = async (name: string, queryKey: QueryKey) => {
    waiting.delete(name)
    busy.add(name)
    await client.invalidateQueries({ queryKey }).catch(() => undefined)
    setTimeout(() => {
      busy.delete(name)
      if (waiting.has(name)) schedule()
    }, coolDownMs)
  }
  const flush = () => {
    timer = null
    for (const [name, queryKey] of [...waiting]) if (!busy.has(name)) void fetchAgain(name, queryKey)
  }
  const schedule = () => {
    timer ??= setTimeout(flush, windowMs)
  }
  const touch = (key: QueryKey) => {
    waiting.set(JSON.stringify(key), key)
    schedule()
  }
  return { client, touch }
}

/** The gateway publishes by the catalogue, so the name of an event decides its payload. */
export function dispatch(event: LiveEvent, handlers: readonly LiveHandlers[], cache: LiveCache): void {
  for (const features of handlers) {
    const handle = features[event.type as EventName] as ((event: LiveEvent, cache: LiveCache) => void) | undefined
    handle?.(event, cache)
  }
}
