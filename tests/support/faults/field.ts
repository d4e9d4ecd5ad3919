import type { Installation } from '@orrery/testing'
import { Redis } from 'ioredis'
import type { OwnServers } from './own-servers.ts'
import type { Part, PartKind } from './part.ts'

/** What a fault may strike, and by which dice. */
export type Field = {
  it: Installation
  servers: OwnServers
  parts: Part[]
  redis: Redis
  random: () => number
  leaseMs: number
}

/** A fault: its name, and how it is done and healed. False when it did not come off. */
export type Fault = { name: string; strike: (field: Field) => Promise<boolean> }

export const fault = (name: string, strike: (field: Field) => Promise<unknown>): Fault => ({
  name,
  strike: async (field) => (await strike(field)) !== false,
})

/** Strikes one of a kind that nobody else strikes just now. */
export async function withOne(field: Field, kind: PartKind, work: (part: Part) => Promise<unknown>): Promise<boolean> {
  const free = field.parts.filter((part) => part.kind === kind && !part.busy)
  const part = free[Math.floor(field.random() * free.length)]
  if (!part) return false
  part.busy = true
  try {
    return (await work(part)) !== false
  } finally {
    part.busy = false
  }
}

/** A way to Redis for the nemesis itself, by no door that it strikes. */
export function openOwnRedis(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 100, retryStrategy: () => 100 })
  redis.on('error', () => undefined)
  return redis
}
