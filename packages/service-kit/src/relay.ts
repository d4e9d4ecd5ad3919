import { chunkOfLog, crashPoint, storable } from '@orrery/core'
import type pg from 'pg'
import type { Deps } from './deps.ts'
import { Counter, Histogram } from './metrics.ts'

const lockKey = 7_027_001
const rowsAtOnce = 64
const maxRingBytes = 512 * 1024
const lookEveryMs = 250
const longestSilenceMs = 5000

// The outbox is read by id. An event's id is taken after its entity's row was locked, so of two events of one
// entity the earlier one is visible whenever the later one is, and has the smaller id: no inversion, no gap.
const columns =
  'type text, project_id text, entity_id text, entity_version int, occurred_at timestamptz, audience text[], lineage_ref text, payload json'
const names = columns.replaceAll(/ [a-z\[\]]+(?=,|$)/g, '')
const stampOf = (taken: string) => `
  with taken as (${taken}), kept as (
    insert into platform.domain_events (seq, ${names})
    select $1::bigint + row_number() over (order by t.id, e.ordinality), ${names}
    from taken t, rows from (json_to_recordset(t.events) as (${columns})) with ordinality as e(${names}, ordinality)
    returning project_id, seq
  ), reached as (
    insert into platform.event_reach (project_id, chunk)
    select distinct project_id, seq / ${chunkOfLog} from kept where project_id is not null on conflict do nothing
  )
  select events::text, count from taken order by id`
const stamp = stampOf(
  'delete from platform.outbox where id = any(array(select id from platform.outbox order by id limit $2)) returning id, events, count',
)
// one row by itself, with its events as they can be kept
const stampMended = stampOf('delete from platform.outbox where id = $2 returning id, $3::json as events, count')
/** What was said holds something that no column takes. */
const isUnkeepable = (error: unknown): boolean => String((error as { code?: unknown }).code ?? '').startsWith('22')

type Row = { events: string; count: number }

/** Moves events from the outbox into the log with a dense `seq`, then rings. Many may run; one at a time leads. */
export class Relay {
  private readonly deps: Deps
  private readonly moved: Counter
  private readonly batches: Histogram
  private closed = false
  private wake = () => {}
  private readonly unlisten: () => void
  private readonly running: Promise<void>

  constructor(deps: Deps) {
    const registers = [deps.registry]
    this.deps = deps
    this.moved = new Counter({ name: 'orrery_relay_events_total', help: 'Events stamped', registers })
    this.batches = new Histogram({ name: 'orrery_relay_batch_seconds', help: 'Time to stamp one batch', registers })
    this.unlisten = deps.bells.on('outbox', () => this.wake())
    this.running = this.run()
  }

  async close(): Promise<void> {
    this.closed = true
    this.unlisten()
    this.wake()
    await this.running
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private async run(): Promise<void> {
    while (!this.closed) {
      const client = await this.deps.pool.connect().catch(() => undefined)
      const failed =
        client &&
        (await this.lead(client).then(
          () => undefined,
          (error: unknown) => error,
        ))
      client?.release(true) // ends the session, and with it the lock
      if (failed && !this.closed) this.deps.log.warn({ err: failed }, 'the relay begins again')
      if ((failed || !client) && !this.closed) await this.pause(300)
    }
  }

  private async lead(client: pg.PoolClient): Promise<void> {
    const lock = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [lockKey])
    if (!lock.rows[0]?.mine) return this.pause(1000)
    // a leader that is frozen, or cut off without a word, must not keep the lead: it looks far more often than that
    await client.query(`set idle_session_timeout = '${longestSilenceMs}ms'`)
    const newest = await client.query<{ seq: string }>('select coalesce(max(seq), 0)::text as seq from platform.domain_events')
    let head = Number(newest.rows[0]?.seq)
    while (!this.closed) {
      // begun before the look, so that a ring during it is not missed
      const rung = this.pause(lookEveryMs)
      head = await this.drain(client, head)
      await rung
    }
  }

  private async drain(client: pg.PoolClient, from: number): Promise<number> {
    let head = from
    for (;;) {
      const end = this.batches.startTimer()
      const rows = await this.take(client, head)
      if (rows.length === 0) return head
      end()
      const first = head + 1
      for (const row of rows) head += row.count
      this.moved.inc(head - first + 1)
      crashPoint('after-stamp-before-publish')
      this.ring(first, head, rows)
    }
  }

  /** Stamps what is next. A row that can't be kept as it is must not hold up all that comes after it: it is mended and goes alone. */
  private async take(client: pg.PoolClient, head: number): Promise<Row[]> {
    try {
      return (await client.query<Row>({ name: 'relay-stamp', text: stamp, values: [head, rowsAtOnce] })).rows
    } catch (error) {
      if (!isUnkeepable(error)) throw error
      const first = await client.query<{ id: string; events: string }>(
        'select id::text, events::text from platform.outbox order by id limit 1',
      )
      const row = first.rows[0]
      if (!row) return []
      this.deps.log.error({ err: error, outbox: row.id }, 'events that no column takes were mended')
      const events = JSON.stringify(storable(JSON.parse(row.events)))
      return (await client.query<Row>({ name: 'relay-stamp-mended', text: stampMended, values: [head, row.id, events] })).rows
    }
  }

  /** The events go along as the text they came as: nothing here looks into them. */
  private ring(first: number, last: number, rows: Row[]): void {
    const bytes = rows.reduce((sum, row) => sum + row.events.length, 0)
    const events = bytes > maxRingBytes ? '' : `,"events":[${rows.map((row) => row.events.trim().slice(1, -1)).join(',')}]`
    this.deps.bells.send('events', `{"first":${first},"last":${last}${events}}`)
  }
}

export const startRelay = (deps: Deps): Relay => new Relay(deps)
