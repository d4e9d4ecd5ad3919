import type { LoggedEvent } from '@orrery/core'
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

/** Events after a place up to another, in order. With `projects` only theirs, found by the index. */
export async function findEvents(
  pool: pg.Pool,
  after: number,
  until: number,
  limit: number,
  projects?: readonly string[],
): Promise<Stamped[]> {
  const { rows } =
    projects === undefined
      ? await pool.query<Row>(
          `select ${columns} from platform.domain_events where seq > $1 and seq <= $2 order by domain_events.seq limit $3`,
          [after, until, limit],
        )
      : await pool.query<Row>(
          `select ${columns} from platform.domain_events where seq > $1 and seq <= $2 and project_id = any($4) order by domain_events.seq limit $3`,
          [after, until, limit, projects],
        )
  return rows.map(toStamped)
}

/** The project of a run, from the event that announced it. */
export async function findProjectOfRun(pool: pg.Pool, runId: string): Promise<Id<'project'> | undefined> {
  const { rows } = await pool.query<{ project_id: Id<'project'> }>(
    `select project_id from platform.domain_events where type = 'run.created' and entity_id = $1`,
    [runId],
  )
  return rows[0]?.project_id
}
