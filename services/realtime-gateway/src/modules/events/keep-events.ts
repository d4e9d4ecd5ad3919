import type { Log, SqlPool } from '@orrery/core'
import * as repository from './event.repository.ts'

/** Makes room for the months to come and forgets what is older than anybody wanted. */
export async function keepEvents(pool: SqlPool, log: Log, keepDays: number): Promise<void> {
  const dropped = await repository.keepEvents(pool, keepDays)
  if (dropped.length > 0) log.info({ dropped }, 'old events were dropped')
}
