import { type SQL, sql } from 'drizzle-orm'
import { type Client, rows } from './engine.repository.ts'
import { runState, timers } from './engine.table.ts'
import type { StateRow } from './rows.ts'

/** The right to count, take and free places, until the end of the transaction. */
export const lockSlots = (client: Client) => client.query('select pg_advisory_xact_lock(7027003)')

export const countSlots = (client: Client, keys: string[]) =>
  rows<{ key: string; taken: string }>(
    client,
    'engine-count-slots',
    'select key, count(*) as taken from scheduler.slots where key = any($1) group by key',
    [keys],
  )

/** Who waits longest for places of these keys, as many for each as are given. Runs of paused workflows don't count: they begin nothing. */
export const nextForSlots = (client: Client, keys: string[], counts: number[]) =>
  rows<{ key: string; run_id: string }>(
    client,
    'engine-next-slots',
    `select r.key, s.run_id from unnest($1::text[], $2::int[]) as r(key, n) cross join lateral (
       select run_id from scheduler.run_state where slot_key = r.key and slot_waiting
         and not exists (select from scheduler.workflows w where w.id = workflow_id and w.paused_at is not null)
       order by run_id limit r.n) s`,
    [keys, counts],
  )

/** The keys of the places that a run and those that began it hold. */
export const heldAbove = (client: Client, run: string) =>
  rows<{ key: string }>(
    client,
    'engine-held-above',
    `with recursive above as (
       select run_id, parent_run_id from scheduler.run_state where run_id = $1
       union all select s.run_id, s.parent_run_id from above join scheduler.run_state s on s.run_id = above.parent_run_id
     ) select key from above join scheduler.slots using (run_id)`,
    [run],
  )

/**
 * Hands the places of runs that end to those below them that go on within these: each of them has one of its own from
 * here on. `ended` are all that end in this transaction.
 */
export const passOnSlots = (client: Client, holders: Pick<StateRow, 'run_id' | 'slot_key'>[], ended: string[]) =>
  client.query({
    name: 'engine-pass-on-slots',
    text: `with recursive below as (
        select run_id, key, run_id as top from unnest($1::uuid[], $2::text[]) as h(run_id, key)
        union all select s.run_id, b.key, b.top from below b join scheduler.run_state s on s.parent_run_id = b.run_id
      )
      insert into scheduler.slots (key, run_id)
      select b.key, b.run_id from below b join scheduler.run_state s using (run_id)
      where s.slot_key = b.key and not s.slot_waiting and s.slot_limit is null and b.run_id <> all($3::uuid[]) on conflict do nothing`,
    values: [holders.map((each) => each.run_id), holders.map((each) => each.slot_key), ended],
  })

/** Calls every run of a workflow that waits with nothing begun. */
export const wakeWaiting = (workflow: string): SQL =>
  sql`insert into ${timers} (at, kind, run_id) select now(), 'slot', run_id from ${runState} where slot_waiting and workflow_id = ${workflow}`

/** Cancels every run of a workflow that waits for the end of its pause: it has begun nothing. */
export const cancelHeld = (workflow: string): SQL =>
  sql`insert into ${timers} (at, kind, run_id) select now(), 'cancel', run_id from ${runState} where slot_waiting and slot_limit = 0 and workflow_id = ${workflow}`

/** How many places the key of a workflow's waiting runs has from here on. Locked in the order in which the engine locks runs. */
export const limitWaiting = (workflow: string, limit: number): SQL =>
  sql`with waiting as (select run_id from ${runState} where slot_waiting and slot_limit > 0 and workflow_id = ${workflow} order by run_id for update)
    update ${runState} s set slot_limit = ${limit} from waiting w where s.run_id = w.run_id`

/** Runs that wait for a place though there is one, or for the end of a pause that has ended: a call that was lost with a process. */
export const forgottenSlots = (client: Client, limit: number) =>
  rows<{ run_id: string }>(
    client,
    'engine-forgotten-slots',
    `insert into scheduler.timers (at, kind, run_id)
     select now(), 'slot', run_id from scheduler.run_state s where slot_waiting
       and (s.slot_limit = 0 or (select count(*) from scheduler.slots t where t.key = s.slot_key) < s.slot_limit)
       and not exists (select from scheduler.workflows w where w.id = s.workflow_id and w.paused_at is not null)
     order by run_id limit $1 returning run_id`,
    [limit],
  )
