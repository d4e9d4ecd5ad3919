import type { LoggedEvent } from '@orrery/core'
import type pg from 'pg'
import type { Deps } from './deps.ts'
import { Counter, Histogram } from './metrics.ts'

/** What is sent along with a ring: where the events stand in the log, and they themselves unless they are too many. */
export type EventsRing = { first: number; last: number; events?: LoggedEvent[] }

const lockKey = 7_027_001
const rowsAtOnce = 64
const maxRingBytes = 512 * 1024
const lookEveryMs = 250

// The outbox is read by id. An event's id is taken after its entity's row was locked, so of two events of one
// entity the earlier one is visible whenever the later one is, and has the smaller id: no inversion, no gap.
const columns = 'type text, project_id text, entity_id text, entity_version int, occurred_at timestamptz, audience text[], lineage_ref text, payload json'
const names = columns.replaceAll(/ [a-z\[\]]+(?=,|$)/g, '')
const stamp = `
  with taken as (
    delete from platform.outbox where id = any(array(select id from platform.outbox order by id limit $2)) returning id, events, count
  ), kept as (
    insert into platform.domain_events (seq, ${names})
    select $1::bigint + row_number() over (order by t.id, e.ordinality), ${names}
    from taken t, rows from (json_to_recordset(t.events) as (${columns})) with ordinality as e(${names}, ordinality)
  )
  select events::text, count from taken order by id`

type Row = { events: string; count: number }

/** Moves events from the outbox into the log with a dense `seq`, then rings. Many may run; one at a time leads. */
export function startRelay(deps: Deps): { close: () => Promise<void> } {
  const moved = new Counter({ name: 'orrery_relay_events_total', help: 'Events stamped', registers: [deps.registry] })
  const batches = new Histogram({ name: 'orrery_relay_batch_seconds', help: 'Time to stamp one batch', registers: [deps.registry] })
  let closed = false
  let wake = () => {}
  const unlisten = deps.bells.on('outbox', () => wake())

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function drain(client: pg.PoolClient, head: number): Promise<number> {
    for (;;) {
      const end = batches.startTimer()
      const { rows } = await client.query<Row>({ name: 'relay-stamp', text: stamp, values: [head, rowsAtOnce] })
      if (rows.length === 0) return head
      end()
      const first = head + 1
      for (const row of rows) head += row.count
      moved.inc(head - first + 1)
      ring(first, head, rows)
    }
  }

  /** The events go along as the text they came as: nothing here looks into them. */
  function ring(first: number, last: number, rows: Row[]) {
    const bytes = rows.reduce((sum, row) => sum + row.events.length, 0)
    const events = bytes > maxRingBytes ? '' : `,"events":[${rows.map((row) => row.events.trim().slice(1, -1)).join(',')}]`
    deps.bells.send('events', `{"first":${first},"last":${last}${events}}`)
  }

  async function lead(client: pg.PoolClient) {
    const lock = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [lockKey])
    if (!lock.rows[0]?.mine) return pause(1000)
    const newest = await client.query<{ seq: string }>('select coalesce(max(seq), 0)::text as seq from platform.domain_events')
    let head = Number(newest.rows[0]?.seq)
    while (!closed) {
      const woken = pause(lookEveryMs)
      head = await drain(client, head)
      await woken
    }
  }

  async function run() {
    while (!closed) {
      const client = await deps.pool.connect().catch(() => undefined)
      if (!client) {
        await pause(500)
        continue
      }
      const failed = await lead(client).then(
        () => undefined,
        (error: unknown) => error,
      )
      client.release(true) // ends the session, and with it the lock
      if (failed && !closed) {
        deps.log.warn({ err: failed }, 'relay begins again')
        await pause(200)
      }
    }
  }
  const running = run()
  return {
    async close() {
      closed = true
      unlisten()
      wake()
      await running
    },
  }
}
