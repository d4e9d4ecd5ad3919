import { newId } from '@orrery/core'
import { eventually, openInstallation } from '@orrery/testing'
import { startRelay } from './relay.ts'

const event = (why: string) => ({
  type: 'memory.stored',
  project_id: null,
  entity_id: newId('memory'),
  entity_version: 1,
  occurred_at: new Date().toISOString(),
  audience: [],
  lineage_ref: null,
  payload: { why },
})

it('stamps what comes after a row that no column takes, and that row as it can be kept', async () => {
  await using it = await openInstallation()
  // what a writer that forgot to look at its text might say: json keeps half of a surrogate pair, and no column does
  const bad = JSON.stringify([event('bad')]).replace('"bad"', '"bad \\ud800"')
  const say = (events: string, count: number) =>
    it.admin.query('insert into platform.outbox (events, count) values ($1, $2)', [events, count])
  await say(JSON.stringify([event('first'), event('second')]), 2)
  await say(bad, 1)
  await say(JSON.stringify([event('last')]), 1)
  it.use(startRelay(it.deps('realtime-gateway')))
  const said = await eventually('all to be stamped', async () => {
    const { rows } = await it.admin.query<{ seq: number; why: string }>(
      `select seq::int, payload->>'why' as why from platform.domain_events order by seq`,
    )
    return rows.length === 4 && rows
  })
  expect(said.map((each) => [each.seq, each.why])).toEqual([
    [1, 'first'],
    [2, 'second'],
    [3, 'bad \ufffd'],
    [4, 'last'],
  ])
})
