import type { Field } from './field.ts'

export type Holdings = { memoryMb: number; files: number; connections: number; redisKeys: number }

/** What the installation holds: the largest process's memory and files, connections to PostgreSQL, keys in Redis. */
export async function holdings({ it, parts, redis }: Field): Promise<Holdings> {
  const each = await Promise.all(parts.map((part) => part.holds()))
  const { rows } = await it.admin.query(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name like 'orrery-%'`,
  )
  return {
    memoryMb: Math.max(...each.map((one) => one.memoryMb)),
    files: Math.max(...each.map((one) => one.files)),
    connections: rows[0].n,
    redisKeys: await redis.dbsize(),
  }
}

/** More than this is a leak: far above what was ever seen, far below what grows without end. */
const limits: Holdings = { memoryMb: 450, files: 150, connections: 70, redisKeys: 50 }

export const grown = (found: Holdings): string[] =>
  (Object.keys(limits) as (keyof Holdings)[]).filter((name) => found[name] > limits[name]).map((name) => `${name}: ${found[name]}`)
