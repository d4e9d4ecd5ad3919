import { type Deps, quietly } from '@orrery/service-kit'
import { type BellQueue, jobs } from '@orrery/shared-types'
import { Queue } from 'bullmq'

/** The queues of BullMQ, for those who look after them. */
export type BellQueues = {
  names: readonly string[]
  counts: () => Promise<BellQueue[]>
  /** Puts failed jobs back; gives how many. */
  retry: (name: string) => Promise<number>
  /** Takes out what waits; gives how many. What they rang for is found without them. */
  drain: (name: string) => Promise<number>
  close: () => Promise<void>
}

export function openBellQueues(deps: Deps): BellQueues {
  const names = [...new Set(Object.values(jobs).map((job) => job.queue))]
  const open = new Map<string, Queue>()
  const connection = deps.redis.duplicate({ maxRetriesPerRequest: 1 })
  connection.on('error', quietly(deps.log, 'redis queues'))
  const queueOf = (name: string): Queue => {
    const known = open.get(name)
    if (known) return known
    const queue = new Queue(name, { connection, prefix: deps.namespace, skipVersionCheck: true })
    queue.on('error', quietly(deps.log, 'queue'))
    open.set(name, queue)
    return queue
  }
  const failed = async (name: string) => (await queueOf(name).getJobCounts('failed'))['failed'] ?? 0

  return {
    names,
    counts: () =>
      Promise.all(
        names.map(async (name) => {
          const queue = queueOf(name)
          const [counts, [oldest]] = await Promise.all([
            queue.getJobCounts('waiting', 'active', 'delayed', 'failed'),
            queue.getJobs(['waiting'], 0, 0, true),
          ])
          const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts
          return { name, waiting, active, delayed, failed, oldestAgeMs: oldest ? Math.max(Date.now() - oldest.timestamp, 0) : null }
        }),
      ),
    async retry(name) {
      const count = await failed(name)
      await queueOf(name).retryJobs({ state: 'failed' })
      return count
    },
    async drain(name) {
      const { waiting = 0 } = await queueOf(name).getJobCounts('waiting')
      await queueOf(name).drain()
      return waiting
    },
    async close() {
      await Promise.all([...open.values()].map((queue) => queue.close()))
      connection.disconnect()
    },
  }
}
