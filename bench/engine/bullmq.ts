import { Queue, Worker } from 'bullmq'

/** Bare BullMQ: each run is a job that adds its next step as a job, five times. No database, so nothing of it is durable beyond Redis. */
export async function bullmq(redisUrl: string, runs: number): Promise<number> {
  const { hostname, port, password } = new URL(redisUrl)
  const connection = {
    host: hostname,
    port: Number(port),
    ...(password && { password: decodeURIComponent(password) }),
    maxRetriesPerRequest: null,
  }
  const options = { connection, prefix: 'bench' }
  const queue = new Queue('steps', options)
  let ended = 0
  let done = () => {}
  const all = new Promise<void>((resolve) => {
    done = resolve
  })
  const worker = new Worker(
    'steps',
    async ({ data }) => {
      const { run, step } = data as { run: number; step: number }
      if (step < 4) await queue.add('step', { run, step: step + 1 }, { removeOnComplete: true })
      else if (++ended === runs) done()
    },
    { ...options, concurrency: 200 },
  )
  await worker.waitUntilReady()
  const began = performance.now()
  for (let from = 0; from < runs; from += 500) {
    await queue.addBulk(
      Array.from({ length: Math.min(500, runs - from) }, (_, i) => ({
        name: 'step',
        data: { run: from + i, step: 0 },
        opts: { removeOnComplete: true },
      })),
    )
  }
  await all
  const seconds = (performance.now() - began) / 1000
  await worker.close()
  await queue.obliterate({ force: true })
  await queue.close()
  return (runs * 5) / seconds
}
