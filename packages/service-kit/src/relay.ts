import type pg from 'pg'
import type { Deps } from './deps.ts'
import { Counter, Histogram } from './metrics.ts'

/** One stamped event, ready to be framed. `body` is JSON text without its `eventId`. */
export type StampedEvent = { seq: number; projectId: string | null; audience: string[]; body: string }
/** What is sent along with a ring: the stamped events themselves, unless they are too many. */
export type EventsRing = { first: number; last: number; events?: StampedEvent[] }

const lockKey = 7_027_001
const rowsAtOnce = 64
const maxRingBytes = 512 * 1024
const lookEveryMs = 250

// The outbox is read by id. An event's id is taken after its entity's row was locked, so of two events of one
// entity the earlier one is visible whenever the later one is, and has the smaller id: no inversion, no gap.
const stamp = `
  with taken as (
    delete from platform.outbox where id = any(array(select id from platform.outbox order by id limit $2)) returning id, events
  ), numbered as (
    select $1::bigint + row_number() over (order by t.id, e.ord) as seq, e.v
    from taken t, json_array_elements(t.events) with ordinality e(v, ord)
  ), kept as (
    insert into platform.domain_events (seq, type, project_id, entity_id, entity_version, occurred_at, audience, body)
    select seq, v->'body'->>'type', v->'body'->>'projectId', v->'body'->>'entityId', (v->'body'->>'entityVersion')::int,
           (v->'body'->>'occurredAt')::timestamptz, array(select json_array_elements_text(v->'audience')), v->'body'
    from numbered
  )
  select seq::text, v->'body'->>'projectId' as project_id, array(select json_array_elements_text(v->'audience')) as audience, (v->'body')::text as body
  from numbered order by seq`

type Row = { seq: string; project_id: string | null; audience: string[]; body: string }

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
      moved.inc(rows.length)
      const events = rows.map((row) => ({ seq: Number(row.seq), projectId: row.project_id, audience: row.audience, body: row.body }))
      const last = head + rows.length
      ring(head + 1, last, events)
      head = last
    }
  }

  function ring(first: number, last: number, events: StampedEvent[]) {
    const bytes = events.reduce((sum, event) => sum + event.body.length, 0)
    const message: EventsRing = bytes > maxRingBytes ? { first, last } : { first, last, events }
    deps.bells.send('events', JSON.stringify(message))
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
