import { PgBoss } from 'pg-boss'

const batchSize = 100
const loops = 4

/** pg-boss: each step is a job; whoever fetched a hundred inserts the next hundred and completes these, four loops at once, without its polling. */
export async function openPgBoss(databaseUrl) {
  const boss = new PgBoss({ connectionString: databaseUrl, max: 10, supervise: false, schedule: false })
  boss.on('error', console.error)
  await boss.start()
  await boss.createQueue('steps')
  return {
    async run(runs) {
      let left = runs
      const feed = (async () => {
        for (let from = 0; from < runs; from += batchSize)
          await boss.insert(
            'steps',
            Array.from({ length: Math.min(batchSize, runs - from) }, () => ({ data: { step: 0 } })),
          )
      })()
      const loop = async () => {
        while (left > 0) {
          const jobs = await boss.fetch('steps', { batchSize })
          if (jobs.length === 0) continue
          const next = jobs.filter((job) => job.data.step < 4)
          if (next.length > 0)
            await boss.insert(
              'steps',
              next.map((job) => ({ data: { step: job.data.step + 1 } })),
            )
          await boss.complete(
            'steps',
            jobs.map((job) => job.id),
          )
          left -= jobs.length - next.length
        }
      }
      await Promise.all([feed, ...Array.from({ length: loops }, loop)])
    },
    close: () => boss.stop({ graceful: false }),
  }
}
