import { chunkOfLog, copyInto, crashPoint, type LoggedEvent, storable, together } from '@orrery/core'
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
const take = `
  with taken as (
    delete from platform.outbox where id = any(array(select id from platform.outbox order by id limit $1)) returning id, events
  )
  select id::text, events from taken order by taken.id`
const noteReach =
  'insert into platform.event_reach (project_id, chunk) select * from unnest($1::text[], $2::bigint[]) on conflict do nothing'
// what JSON can say and no text of PostgreSQL can hold: NUL, and perhaps half of a surrogate pair
const unkeepable = /\\u(?:0000|d[89a-f])/i

type Row = { id: string; events: string }
type Stamped = LoggedEvent & { seq: number }
const putEvents = copyInto<Stamped>(
  'platform.domain_events',
  ['seq', 'type', 'project_id', 'entity_id', 'entity_version', 'occurred_at', 'audience', 'lineage_ref'],
  ['payload'],
)

/** Moves events from the outbox into the log with a dense `seq`, then rings. Many may run; one at a time leads. */
export class Relay {
  private readonly deps: Deps
  private readonly moved: Counter
  private readonly batches: Histogram
  private closed = false
  /** Projects of which is noted that they have events in the chunk of the log that is being written. */
  private reach = { chunk: -1, projects: new Set<string>() }
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
      const client = await this.deps.pipelined.connect().catch(() => undefined)
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
    await client.query(`set idle_in_transaction_session_timeout = '${longestSilenceMs}ms'`)
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
      const taken = await together(client, () =>
        Promise.all([client.query('begin'), client.query<Row>({ name: 'relay-take', text: take, values: [rowsAtOnce] })]),
      )
      const rows = taken[1].rows.map((row) => this.mended(row))
      if (rows.length === 0) {
        await client.query('commit')
        return head
      }
      const first = head + 1
      const events = rows.flatMap((row) => JSON.parse(row.events) as LoggedEvent[]).map((event) => Object.assign(event, { seq: ++head }))
      await this.keep(client, events)
      end()
      this.moved.inc(events.length)
      crashPoint('after-stamp-before-publish')
      this.ring(first, head, rows)
    }
  }

  /** Writes events into the log and commits. */
  private async keep(client: pg.PoolClient, events: Stamped[]): Promise<void> {
    const reached = new Map<string, [project: string, chunk: number]>()
    for (const { project_id, seq } of events) {
      const chunk = Math.floor(seq / chunkOfLog)
      if (!project_id || (chunk === this.reach.chunk && this.reach.projects.has(project_id))) continue
      reached.set(`${chunk}/${project_id}`, [project_id, chunk])
    }
    const news = [...reached.values()]
    const values = [news.map(([project]) => project), news.map(([, chunk]) => chunk)]
    const put = putEvents(events)
    await together(client, () => {
      const noted = news.length === 0 ? undefined : client.query({ name: 'relay-reach', text: noteReach, values })
      return Promise.all([...put.map((send) => send(client)), noted, client.query('commit')])
    })
    for (const [project, chunk] of news) {
      if (chunk > this.reach.chunk) this.reach = { chunk, projects: new Set() }
      if (chunk === this.reach.chunk) this.reach.projects.add(project)
    }
  }

  /** What can't be kept as it is must not hold up all that comes after it. */
  private mended(row: Row): Row {
    if (!unkeepable.test(row.events)) return row
    const kept = JSON.stringify(storable(JSON.parse(row.events)))
    if (kept !== row.events) this.deps.log.error({ outbox: row.id }, 'events that no column takes were mended')
    return { ...row, events: kept }
  }

  /** The events go along as the text they came as: nothing here looks into them. */
  private ring(first: number, last: number, rows: Row[]): void {
    const bytes = rows.reduce((sum, row) => sum + row.events.length, 0)
    const events = bytes > maxRingBytes ? '' : `,"events":[${rows.map((row) => row.events.trim().slice(1, -1)).join(',')}]`
    this.deps.bells.send('events', `{"first":${first},"last":${last}${events}}`)
  }
}

export const startRelay = (deps: Deps): Relay => new Relay(deps)
