import type pg from 'pg'
import type { Logger } from 'pino'
import type { Bells } from './bells.ts'

const keepMs = 20 * 60_000
const lookEveryMs = 1000

/** The sessions that were ended while their access tokens may still live. Rings make it prompt, a timer makes it certain. */
export type Revocations = { has: (sessionUuid: string) => boolean; ready: Promise<void>; close: () => void }

export function followRevocations({ pool, bells, log }: { pool: pg.Pool; bells: Bells; log: Logger }): Revocations {
  const revoked = new Map<string, number>()
  let seenUntil = new Date(0)
  let looking: Promise<void> | undefined

  async function look() {
    const { rows } = await pool.query<{ session_id: string; revoked_at: Date }>(
      'select session_id, revoked_at from platform.revoked_sessions where revoked_at > $1',
      [new Date(Math.max(seenUntil.getTime() - 5000, Date.now() - keepMs))],
    )
    for (const row of rows) {
      revoked.set(row.session_id, Date.now() + keepMs)
      if (row.revoked_at > seenUntil) seenUntil = row.revoked_at
    }
    for (const [session, until] of revoked) if (until < Date.now()) revoked.delete(session)
  }
  const lookNow = () => {
    looking ??= look()
      .catch((error: unknown) => log.debug({ err: error }, 'revocations not read'))
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  // A look that is under way may have begun before what the ring is about.
  const forget = bells.on('revocations', () => void (looking ? looking.then(lookNow) : lookNow()))
  const timer = setInterval(() => void lookNow(), lookEveryMs)
  timer.unref()
  return {
    has: (session) => revoked.has(session),
    ready: lookNow(),
    close() {
      clearInterval(timer)
      forget()
    },
  }
}
