import { openInstallation } from '@orrery/testing'

it('a pipelined connection looks rows up by their keys, however empty the table was when the statement was planned', async () => {
  await using it = await openInstallation()
  const { pipelined } = it.deps('scheduler')
  const look = `explain (format text) select * from unnest(array[gen_random_uuid()]) as r(id) join scheduler.runs u using (id)`
  await it.admin.query('analyze scheduler.runs')
  const plan = (await pipelined.query(look)).rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toMatch(/Nested Loop[\s\S]*Index Scan/)
  expect(plan).not.toMatch(/Seq Scan on runs|Hash Join/)
})
