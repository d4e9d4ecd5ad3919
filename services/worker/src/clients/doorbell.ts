import { jobs } from '@orrery/shared-types'
import { type ConnectionOptions, Worker } from 'bullmq'

/** Listens for the bell that says there is work. The job carries nothing but the name of a pool. */
export function listenForWork(
  connection: ConnectionOptions,
  namespace: string,
  heard: () => void,
  failed: (error: Error) => void,
): { close: () => Promise<void> } {
  const worker = new Worker(jobs['pool.ring'].queue, async () => heard(), {
    connection,
    prefix: namespace,
    concurrency: 1,
    skipVersionCheck: true,
  })
  worker.on('error', failed)
  return { close: () => Promise.race([worker.close(true), new Promise<void>((resolve) => setTimeout(resolve, 2000).unref())]) }
}
