import { fromUuid } from '@orrery/core'
import type { WhyRun } from '@orrery/shared-types'
import { eventually, type Installation } from '@orrery/testing'
import type { Client } from './client.ts'

/** Waits until every run has ended and every event is stamped. Says why of those runs that don't end. */
export async function waitForQuiet(it: Installation, client: Client, withinMs: number): Promise<number> {
  const began = Date.now()
  const none = (text: string) => async () => (await it.admin.query(text)).rows.length === 0
  try {
    await eventually('every run to end', none('select 1 from scheduler.runs where ended_at is null limit 1'), withinMs)
    await eventually('the events to be stamped', none('select 1 from platform.outbox limit 1'), withinMs)
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${(await whyStuck(it, client)).join('\n')}`)
  }
  return Date.now() - began
}

/** Why runs have not ended, by what the engine says and by what is in its tables. */
async function whyStuck(it: Installation, client: Client): Promise<string[]> {
  const { rows } = await it.admin.query('select id from scheduler.runs where ended_at is null order by created_at limit 10')
  const words: string[] = []
  for (const row of rows) {
    const id = fromUuid('run', row.id)
    const why = await client.ask<WhyRun>('GET', `/runs/${id}/why`).catch((error: Error) => ({ sentence: error.message, reasons: [] }))
    const state = await it.admin.query(
      'select nodes, open, waits, blocked, slot_key, slot_waiting from scheduler.run_state where run_id = $1',
      [row.id],
    )
    const live = await it.admin.query(
      'select ordinal, state, attempt, lost, lease_until - now() as lease from scheduler.live_steps where run_id = $1 limit 20',
      [row.id],
    )
    words.push(`${id}: ${why.sentence} ${JSON.stringify(state.rows)} ${JSON.stringify(live.rows)}`)
  }
  const { rows: sessions } = await it.admin.query(
    `select application_name, state, wait_event_type, wait_event, now() - state_change as since, left(query, 80) as query
     from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and (state <> 'idle' or wait_event_type = 'Lock')`,
  )
  return [
    ...words,
    ...sessions.map((each) => JSON.stringify(each)),
    `${(await it.admin.query('select count(*)::int as n from platform.outbox')).rows[0].n} rows wait to be stamped`,
  ]
}
