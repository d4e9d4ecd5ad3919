import type pg from 'pg'

const batch = 300

/**
 * The least that durable steps can cost here: runs of five steps, 300 steps a transaction, one multi-row statement to
 * claim and one to complete, on one connection. No events, no audit, no graph.
 */
export async function floor(admin: pg.Pool, runs: number): Promise<number> {
  const client = await admin.connect()
  try {
    await client.query('create table floor_steps (run int, step int, state smallint not null, output json, primary key (run, step))')
    const began = performance.now()
    for (let from = 0; from < runs; from += batch) {
      const ids = Array.from({ length: Math.min(batch, runs - from) }, (_, i) => from + i)
      for (let step = 0; step < 5; step++) {
        await client.query('begin')
        await client.query({
          name: 'floor-claim',
          text: 'insert into floor_steps (run, step, state) select r, $2, 1 from unnest($1::int[]) r',
          values: [ids, step],
        })
        await client.query({
          name: 'floor-done',
          text: `update floor_steps s set state = 2, output = 'null' from unnest($1::int[]) r where s.run = r and s.step = $2`,
          values: [ids, step],
        })
        await client.query('commit')
      }
    }
    return (runs * 5) / ((performance.now() - began) / 1000)
  } finally {
    await client.query('drop table if exists floor_steps')
    client.release()
  }
}
