import type { CatchUp, FireReason } from '@orrery/shared-types'
import type { Tick } from './schedule.policy.ts'

/** A tick that is answered this soon is merely late; one that had to wait longer was missed, and catching up decides. */
export const graceMs = 10_000

type Policy = { catchUp: CatchUp; catchUpWindowMs: number }

/** Why a tick isn't made up for; null where it starts a run. */
export function missReason(tick: Tick, now: Date, { catchUp, catchUpWindowMs }: Policy): FireReason | null {
  const lateMs = now.getTime() - tick.dueAt.getTime()
  if (lateMs <= graceMs) return null
  if (catchUp === 'none') return 'catch_up_off'
  if (lateMs > catchUpWindowMs) return 'too_late'
  // the newest one stands for all: a tick after it that is due as well will start a run
  return catchUp === 'last' && tick.next !== null && tick.next <= now ? 'superseded' : null
}
