import { type Deps, every, type Repeated } from '@orrery/service-kit'
import { keepEvents } from './keep-events.ts'

const eachMs = 3_600_000

/** Once before anything is stamped, so that there is room for it, and each hour from then on. */
export async function keepLog(deps: Deps, keepDays: number): Promise<Repeated> {
  const keep = () => keepEvents(deps.pool, deps.log, keepDays)
  await keep()
  return every(deps, 'event log', eachMs, keep)
}
