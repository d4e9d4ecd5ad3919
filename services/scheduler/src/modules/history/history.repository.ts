import type { SqlPool } from '@orrery/core'

/** Makes the partitions of the months to come and drops those that are old enough; gives the names of the dropped ones. */
export async function keepHistory(pool: SqlPool, runsDays: number, logsDays: number): Promise<string[]> {
  const { rows } = await pool.query<{ dropped: string }>('select scheduler.keep_history($1, $2) as dropped', [runsDays, logsDays])
  return rows.map((row) => row.dropped)
}
