import { type Deps, quietly, waitsForAnswers } from '@orrery/service-kit'
import { jobs } from '@orrery/shared-types'
import { Queue, Worker } from 'bullmq'

export type WebhookBell = { ring: () => void; on: (heard: () => void) => () => Promise<void>; close: () => Promise<void> }

/** Rings for the replicas that send deliveries. Which are due is in PostgreSQL; a bell that is lost costs a second. */
export function openWebhookBell(deps: Deps): WebhookBell {
  const job = 'webhook.ring'
  const { queue: name } = jobs[job]
  const connect = () => {
    const connection = deps.redis.duplicate(waitsForAnswers)
    connection.on('error', quietly(deps.log, 'redis queue'))
    return connection
  }
  const shared = { prefix: deps.namespace, skipVersionCheck: true }
  const connection = connect()
  const queue = new Queue(name, { connection, ...shared })
  queue.on('error', quietly(deps.log, 'queue'))
  let ringing = false
  return {
    ring() {
      if (ringing) return
      ringing = true
      const options = { deduplication: { id: name }, removeOnComplete: true, removeOnFail: true }
      queue
        .add(job, {}, options)
        .catch(() => undefined)
        .finally(() => {
          ringing = false
        })
    },
    on(heard) {
      const own = connect()
      const worker = new Worker(name, async () => heard(), { connection: own, concurrency: 1, ...shared })
      worker.on('error', quietly(deps.log, 'webhook bell'))
      return async () => {
        await Promise.race([worker.close(true), new Promise<void>((resolve) => setTimeout(resolve, 2000).unref())])
        own.disconnect()
      }
    },
    async close() {
      await queue.close()
      connection.disconnect()
    },
  }
}
