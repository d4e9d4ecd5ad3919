import type { Log, SqlPool } from '@orrery/core'

/** The database's clock, asked for every ten seconds and carried on by ours in between. */
export async function trackClock(pool: SqlPool, log: Log): Promise<{ now: () => number; close: () => void }> {
  let offsetMs = 0
  const ask = async () => {
    const sent = Date.now()
    const { rows } = await pool.query<{ ms: string }>('select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as ms')
    const received = Date.now()
    // an answer that took long says little about the time
    if (received - sent < 200) offsetMs = Number(rows[0]?.ms) - (sent + received) / 2
    if (Math.abs(offsetMs) < 2) offsetMs = 0
  }
  await ask()
  const timer = setInterval(() => void ask().catch((error: unknown) => log.debug({ err: error }, 'clock not read')), 10_000)
  timer.unref()
  return { now: () => Math.round(Date.now() + offsetMs), close: () => clearInterval(timer) }
}
