import type { Field } from './field.ts'

export type Holdings = { memoryMb: number; files: number; connections: number; redisKeys: number; largest: string }

/** What the installation holds: the largest process's memory and files, connections to PostgreSQL, keys in Redis. */
export async function holdings({ it, parts, redis }: Field): Promise<Holdings> {
  const each = await Promise.all(parts.map(async (part) => ({ name: part.name, ...(await part.holds()) })))
  const largest = each.toSorted((a, b) => b.memoryMb - a.memoryMb)[0]
  const { rows } = await it.admin.query(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name like 'orrery-%'`,
  )
  return {
    memoryMb: largest?.memoryMb ?? 0,
    files: Math.max(...each.map((one) => one.files)),
    connections: rows[0].n,
    redisKeys: await redis.dbsize(),
    largest: largest?.name ?? '',
  }
}

/** More than this is a leak: far above what was ever seen, far below what grows without end. */
const limits = { memoryMb: 450, files: 150, connections: 70, redisKeys: 50 }

export const grown = (found: Holdings): string[] =>
  (Object.keys(limits) as (keyof typeof limits)[])
    .filter((name) => found[name] > limits[name])
    .map((name) => `${name}: ${found[name]}${name === 'memoryMb' ? ` of ${found.largest}` : ''}`)
