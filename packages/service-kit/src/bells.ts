import { Redis } from 'ioredis'
import type { Logger } from 'pino'

/** Channels that only ring: what they announce is in PostgreSQL, and whoever listens also looks by itself. */
export type Bell = 'outbox' | 'events' | 'revocations' | 'work'

export type Bells = {
  /** Rings after the current turn of the event loop; several rings in one turn are one. Never throws. */
  ring: (bell: Bell) => void
  /** Sends content along. Never throws. */
  send: (bell: Bell, message: string) => void
  /** Calls back at each ring. The returned function stops that. */
  on: (bell: Bell, heard: (message: string) => void) => () => void
  close: () => Promise<void>
}

const pingEveryMs = 5000

/** `namespace` keeps installations apart that share a Redis: pub/sub knows no databases. */
export function createBells(redis: Redis, log: Logger, namespace: string): Bells {
  const channelOf = (bell: Bell) => `${namespace}:${bell}`
  const ears = new Map<string, Set<(message: string) => void>>()
  const due = new Set<Bell>()
  let listener: Redis | undefined
  // who only listens does not notice that nothing comes any more
  const pinging = setInterval(() => void listener?.ping().catch(() => undefined), pingEveryMs)
  pinging.unref()

  const send = (bell: Bell, message: string) => void redis.publish(channelOf(bell), message).catch(() => undefined)
  const listen = () => {
    const client = redis.duplicate({ maxRetriesPerRequest: null, commandTimeout: undefined })
    client.on('error', quietly(log, 'redis listener'))
    client.on('message', (channel: string, message: string) => {
      for (const heard of ears.get(channel) ?? []) heard(message)
    })
    return client
  }

  return {
    send,
    ring(bell) {
      if (due.size === 0) {
        setImmediate(() => {
          for (const each of due) send(each, '')
          due.clear()
        })
      }
      due.add(bell)
    },
    on(bell, heard) {
      const channel = channelOf(bell)
      listener ??= listen()
      const set = ears.get(channel) ?? new Set()
      ears.set(channel, set.add(heard))
      void listener.subscribe(channel).catch(() => undefined)
      return () => set.delete(heard)
    },
    async close() {
      clearInterval(pinging)
      listener?.disconnect()
    },
  }
}

/** A handler for errors that come in floods: logs the first and then one each ten seconds, with the count of the rest. */
export function quietly(log: Logger, what: string): (error: Error) => void {
  let until = 0
  let held = 0
  return (error) => {
    const now = Date.now()
    if (now < until) {
      held += 1
      return
    }
    log.warn({ err: error, held }, `${what} failed`)
    held = 0
    until = now + 10_000
  }
}

/** For clients whose commands wait at Redis: no answer is no sign that it is gone. */
export const waitsForAnswers = { maxRetriesPerRequest: null, commandTimeout: undefined, socketTimeout: undefined } as const

/** A Redis client that reconnects by itself, also where a network swallows bytes, and fails commands fast while it is away. */
export function openRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 1,
    connectTimeout: 2000,
    commandTimeout: 1000,
    socketTimeout: 3000,
    keepAlive: 15_000,
    retryStrategy: (times: number) => Math.min(50 * times, 1000),
  })
  redis.on('error', quietly(log, 'redis'))
  return redis
}
