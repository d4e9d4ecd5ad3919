import { type Deps, quietly } from '@orrery/service-kit'
import { jobs } from '@orrery/shared-types'
import { Queue } from 'bullmq'

/** Rings for workers that aren't waiting here: one job says that a pool has work, and no more than one waits at a time. */
export function openPoolBell(deps: Deps): { ring: (pool: string) => void; close: () => Promise<void> } {
  const job = 'pool.ring'
  const connection = deps.redis.duplicate({ maxRetriesPerRequest: null, commandTimeout: undefined })
  connection.on('error', quietly(deps.log, 'redis queue'))
  const queue = new Queue(jobs[job].queue, { connection, prefix: deps.namespace, skipVersionCheck: true })
  queue.on('error', quietly(deps.log, 'queue'))
  const rung = new Set<string>()
  return {
    ring(pool) {
      if (rung.has(pool)) return
      rung.add(pool)
      const options = { deduplication: { id: pool }, removeOnComplete: true, removeOnFail: true }
      // a bell that can't be rung costs at most the time until a worker looks by itself
      queue
        .add(job, { pool }, options)
        .catch(() => undefined)
        .finally(() => rung.delete(pool))
    },
    async close() {
      await queue.close()
      connection.disconnect()
    },
  }
}
