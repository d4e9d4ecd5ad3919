import type { SqlClient, SqlPool } from '@orrery/core'
import type { Plans } from '../workflows/index.ts'
import { Backlog } from './backlog.ts'
import type { Engine } from './engine.ts'
import { Group } from './group.ts'
import { Limits } from './limits.ts'

type Machinery = { engine: Engine; plans: Plans }
export type Work = { client: SqlClient; group: Group; machinery: Machinery; now: Date }

/** One transaction of the engine with something of the caller's own before what it writes. It is committed by `group.run`; without that, undone. */
export async function inGroup<T>(pool: SqlPool, machinery: Machinery, work: (work: Work) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    const group = new Group(client, machinery.plans, { backlog: new Backlog(), limits: new Limits() })
    return await work({ client, group, machinery, now: await group.begin() })
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}
