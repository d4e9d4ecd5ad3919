import type { Schedule } from '@orrery/shared-types'
import { CircleCheck, Pause, Square } from 'lucide-react'
import { moment, roundDuration } from '../../lib/format.ts'

/** How often, as it was written: the pattern itself, every so long, or once. */
export function whenText({ cron, everyMs, at }: Pick<Schedule, 'cron' | 'everyMs' | 'at'>): string {
  if (cron !== null) return cron
  if (everyMs !== null) return `every ${roundDuration(everyMs)}`
  return at === null ? 'unknown' : `once, ${moment(at)}`
}

/** What each tick gives its run by itself. */
export const filledInByTicks = { fireAt: 'The time of the tick, where this is left empty' }

const faces = {
  active: { Icon: CircleCheck, word: 'Active', ink: 'text-done' },
  paused: { Icon: Pause, word: 'Paused', ink: 'text-blocked' },
  ended: { Icon: Square, word: 'Ended', ink: 'text-ink-3' },
} as const

export function ScheduleState({ schedule: { status, pausedReason } }: { schedule: Pick<Schedule, 'status' | 'pausedReason'> }) {
  const { Icon, word, ink } = faces[status]
  return (
    <span className={`inline-flex items-center gap-1.5 align-middle text-sm font-medium ${ink}`}>
      <Icon size={14} aria-hidden />
      {pausedReason === null ? word : 'Paused itself'}
    </span>
  )
}

/** The same moment by the clock of another place. */
export function inZone(at: string, timezone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(new Date(at))
}
