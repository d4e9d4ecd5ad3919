import type { Log, SqlPool } from '@orrery/core'
import { keepHistory } from './history.repository.ts'

/** Makes room for the months to come and forgets what is older than anybody wanted. */
export async function keepMonths(pool: SqlPool, log: Log, { runsDays, logsDays }: { runsDays: number; logsDays: number }): Promise<void> {
  const dropped = await keepHistory(pool, runsDays, logsDays)
  if (dropped.length > 0) log.info({ dropped }, 'old history was dropped')
}
