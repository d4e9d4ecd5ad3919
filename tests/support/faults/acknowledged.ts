import { uuidOf } from '@orrery/core'
import type { Installation } from '@orrery/testing'
import type { Started } from './load.ts'

/** Changes that somebody was told had been made, and that are not there, with their audit entries. */
export async function missingChanges(it: Installation, started: Started[]): Promise<string[]> {
  const known = new Set(
    (
      await it.admin.query(
        "select r.id::text from scheduler.runs r join scheduler.workflows w on w.id = r.workflow_id where r.trigger in ('manual', 'retry', 'replay', 'fork') and w.slug like 'p%'",
      )
    ).rows.map((row) => row.id),
  )
  const { rows } = await it.admin.query<{ entity_id: string; action: string; name: string | null }>(
    "select entity_id, action, after->>'name' as name from platform.audit_log where action in ('run.cancel', 'run.signal', 'approval.approve')",
  )
  const audited = new Set(rows.map(({ entity_id, action, name }) => `${action} ${entity_id} ${name ?? ''}`))
  const missing: string[] = []
  for (const { seed, runId, canceled, signaled, approved } of started) {
    if (!known.delete(uuidOf('run', runId))) missing.push(`the run ${runId} of seed ${seed}`)
    if (canceled === 'taken' && !audited.has(`run.cancel ${runId} `)) missing.push(`the cancellation of ${runId}`)
    for (const id of approved) if (!audited.has(`approval.approve ${id} `)) missing.push(`the approval of ${id}`)
    for (const name of signaled) if (!audited.has(`run.signal ${runId} ${name}`)) missing.push(`the signal ${name} to ${runId}`)
  }
  if (known.size > 0) missing.push(`${known.size} runs were made that nobody asked for`)
  return missing
}

/** Looks again and again for keys with more runs than places; stops when it is closed. */
export function watchPlaces(it: Installation, places: number) {
  const broken: string[] = []
  const timer = setInterval(() => {
    it.admin.query('select key, count(*)::int as n from scheduler.slots group by key having count(*) > $1', [places]).then(
      ({ rows }) => broken.push(...rows.map((row) => `${row.n} runs hold the ${places} places of ${row.key}`)),
      () => undefined, // PostgreSQL is down just now
    )
  }, 500)
  return { broken, close: async () => clearInterval(timer) }
}
