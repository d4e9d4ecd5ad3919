import { DBOS } from '@dbos-inc/dbos-sdk'

const quiet = { info() {}, debug() {}, warn() {}, error: console.error }

/** DBOS Transact: a workflow with five `runStep`, its system database on the same PostgreSQL, 200 workflows in flight. */
export async function openDbos(databaseUrl) {
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: databaseUrl, systemDatabasePoolSize: 20, logger: quiet, runAdminServer: false })
  const workflow = DBOS.registerWorkflow(
    async () => {
      for (let step = 0; step < 5; step++) await DBOS.runStep(async () => null, { name: `s${step}` })
      return null
    },
    { name: 'chain' },
  )
  await DBOS.launch()
  return {
    async run(runs, inFlight) {
      let left = runs
      await Promise.all(
        Array.from({ length: inFlight }, async () => {
          while (left-- > 0) await workflow()
        }),
      )
    },
    close: () => DBOS.shutdown(),
  }
}
