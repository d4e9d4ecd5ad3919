import type { Client } from './engine.repository.ts'
import { live } from './engine.table.ts'

// long enough to cost nothing, short enough for a workflow that can be read again after an update
const putOffFor = `interval '1 minute'`

/** Looks at ready steps later again that nobody can move just now. They are held. */
export const putOffReady = (client: Client, refs: { run: string; ordinal: number }[]) =>
  client.query({
    name: 'engine-put-off-ready',
    text: `update scheduler.live_steps l set ready_at = now() + ${putOffFor} from unnest($1::uuid[], $2::int[]) as r(run_id, ordinal)
      where l.run_id = r.run_id and l.ordinal = r.ordinal and l.state = ${live.ready}`,
    values: [refs.map((r) => r.run), refs.map((r) => r.ordinal)],
  })

/** Looks at steps later again whose worker fell silent and that nobody can move just now. */
export const putOffLost = (client: Client, refs: { run: string; ordinal: number }[]) =>
  client.query({
    name: 'engine-put-off-lost',
    text: `update scheduler.live_steps l set lease_until = now() + ${putOffFor} from unnest($1::uuid[], $2::int[]) as r(run_id, ordinal)
      where l.run_id = r.run_id and l.ordinal = r.ordinal and l.state = ${live.leased} and l.lease_until < now()`,
    values: [refs.map((r) => r.run), refs.map((r) => r.ordinal)],
  })

/** Looks at timers later again whose runs nobody can move just now. Calls for slots are made anew by whoever looks for forgotten ones. */
export const putOffTimers = async (client: Client, ids: string[]): Promise<void> => {
  await client.query({
    name: 'engine-drop-calls',
    text: `delete from scheduler.timers where id = any($1::bigint[]) and kind = 'slot'`,
    values: [ids],
  })
  await client.query({
    name: 'engine-put-off-timers',
    text: `update scheduler.timers set at = now() + ${putOffFor} where id = any($1::bigint[])`,
    values: [ids],
  })
}
