import { Logger, makeWorkerUtils, run } from 'graphile-worker'

const logger = new Logger(() => () => {})

/** Graphile Worker: each step is a job that adds the next one; fifty at a time, with its local queue and batched completion on. */
export async function openGraphileWorker(databaseUrl) {
  const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger })
  await utils.migrate()
  let left = 0
  let done = () => {}
  const runner = await run({
    connectionString: databaseUrl,
    maxPoolSize: 10,
    noHandleSignals: true,
    logger,
    preset: {
      worker: {
        concurrentJobs: 50,
        pollInterval: 2000,
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        localQueue: { size: 200, ttl: 10_000 },
      },
    },
    taskList: {
      step: async ({ step }, { addJob }) => {
        if (step < 4) await addJob('step', { step: step + 1 })
        else if (--left === 0) done()
      },
    },
  })
  return {
    async run(runs) {
      left = runs
      const all = new Promise((resolve) => {
        done = resolve
      })
      const atOnce = 500
      for (let from = 0; from < runs; from += atOnce)
        await utils.addJobs(Array.from({ length: Math.min(atOnce, runs - from) }, () => ({ identifier: 'step', payload: { step: 0 } })))
      await all
    },
    async close() {
      await runner.stop()
      await utils.release()
    },
  }
}
