import { chunkOfLog, type LoggedEvent } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import type pg from 'pg'

/** An event with its place in the log. */
export type Stamped = LoggedEvent & { seq: number }

type Row = Omit<Stamped, 'seq' | 'occurred_at'> & { seq: string; occurred_at: Date }

const columns = 'seq::text, type, project_id, entity_id, entity_version, occurred_at, audience, lineage_ref, payload'
const toStamped = (row: Row): Stamped => ({ ...row, seq: Number(row.seq), occurred_at: row.occurred_at.toISOString() })

/** The last place in the log. */
export async function findHead(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ seq: string }>('select coalesce(max(seq), 0)::text as seq from platform.domain_events')
  return Number(rows[0]?.seq)
}

/** How long the oldest event waits for its place in the log, in ms; 0 where none does. */
export async function oldestWaitMs(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ ms: number }>(
    `select extract(epoch from now() - (events::json->0->>'occurred_at')::timestamptz)::float * 1000 as ms from platform.outbox order by id limit 1`,
  )
  return rows[0]?.ms ?? 0
}

/** The first place that is still kept; 1 where there is nothing yet. */
export async function findTail(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ seq: string }>('select coalesce(min(seq), 1)::text as seq from platform.domain_events')
  return Number(rows[0]?.seq)
}

/** Makes the partitions of the months to come and drops those that are old enough; gives the names of the dropped ones. */
export async function keepEvents(pool: pg.Pool, keepDays: number): Promise<string[]> {
  const { rows } = await pool.query<{ dropped: string }>('select platform.keep_events($1) as dropped', [keepDays])
  return rows.map((row) => row.dropped)
}

type Span = { after: number; until: number; limit: number }

/** Events after a place up to another, in order: of everybody, or of some projects. */
export async function findEvents(pool: pg.Pool, span: Span, projects?: readonly string[]): Promise<Stamped[]> {
  if (projects) return findOfProjects(pool, span, projects)
  const { rows } = await pool.query<Row>(
    `select ${columns} from platform.domain_events where seq > $1 and seq <= $2 order by domain_events.seq limit $3`,
    [span.after, span.until, span.limit],
  )
  return rows.map(toStamped)
}

const chunksAtOnce = 16

/** Looks only into those stretches of the log where these projects have anything, some at a time until there is enough. */
async function findOfProjects(pool: pg.Pool, { after, until, limit }: Span, projects: readonly string[]): Promise<Stamped[]> {
  const found: Stamped[] = []
  for (let from = after; found.length < limit; ) {
    const reach = await pool.query<{ chunk: string }>(
      `select distinct chunk from platform.event_reach where project_id = any($1) and chunk between $2 and $3 order by chunk limit $4`,
      [projects, Math.floor((from + 1) / chunkOfLog), Math.floor(until / chunkOfLog), chunksAtOnce],
    )
    const chunks = reach.rows.map((row) => Number(row.chunk))
    const { rows } = await pool.query<Row>(
      `select ${columns} from unnest($5::bigint[]) c(chunk) cross join lateral (
         select * from platform.domain_events where seq > $1 and seq <= $2 and seq >= c.chunk * ${chunkOfLog} and seq < (c.chunk + 1) * ${chunkOfLog}
           and project_id = any($4)) e order by e.seq limit $3`,
      [from, until, limit - found.length, projects, chunks],
    )
    found.push(...rows.map(toStamped))
    if (chunks.length < chunksAtOnce) break
    from = ((chunks.at(-1) ?? 0) + 1) * chunkOfLog - 1
  }
  return found
}

/** The project of a run, from the event that announced it. */
export async function findProjectOfRun(pool: pg.Pool, runId: string): Promise<Id<'project'> | undefined> {
  const { rows } = await pool.query<{ project_id: Id<'project'> }>(
    `select project_id from platform.domain_events where type = 'run.created' and entity_id = $1`,
    [runId],
  )
  return rows[0]?.project_id
}
