import { type Deps, every, type Repeated } from '@orrery/service-kit'
import type { SchedulerConfig } from '../../config.ts'
import { keepMonths } from './keep-history.ts'

const eachMs = 3_600_000

export type KeptDays = Pick<SchedulerConfig, 'ORRERY_KEEP_RUNS_DAYS' | 'ORRERY_KEEP_LOGS_DAYS'>

/** Once before anything is served, so that there is room for it, and each hour from then on. */
export async function keepRoom(deps: Deps, config: KeptDays): Promise<Repeated> {
  const keep = () => keepMonths(deps.pool, deps.log, { runsDays: config.ORRERY_KEEP_RUNS_DAYS, logsDays: config.ORRERY_KEEP_LOGS_DAYS })
  await keep()
  return every(deps, 'history', eachMs, keep)
}
