import type { CatchUp, Fire, FireOutcome, FireReason, Overlap } from '@orrery/shared-types'

export const overlapWords: Record<Overlap, string> = {
  allow: 'Start beside it',
  skip: 'Skip the tick',
  queue: 'Let one wait',
  cancel_previous: 'Cancel the earlier run',
}

export const catchUpWords: Record<CatchUp, string> = {
  none: 'Leave them out',
  last: 'Make up for the last one',
  all: 'Make up for all',
}

export const outcomeWords: Record<FireOutcome, string> = { fired: 'Fired', waiting: 'Waiting', skipped: 'Skipped', missed: 'Missed' }

const reasonWords: Record<FireReason, string> = {
  previous_running: 'an earlier run was still going',
  queue_full: 'one was waiting already',
  catch_up_off: 'nobody was there in time, and missed ticks are left out',
  superseded: 'a later tick stands for it',
  too_late: 'it was further back than missed ticks are made up for',
  workflow_paused: 'the workflow is paused',
  workflow_unavailable: 'the workflow could not be run',
  input_invalid: 'its input did not fit the workflow',
  schedule_unreadable: 'the scheduler could not read the schedule’s times',
  backfill_stopped: 'somebody stopped making up for the past before its turn came',
  schedule_changed: 'the schedule was paused or changed before it was answered',
}

export const reasonsText = (reasons: readonly FireReason[]): string => reasons.map((reason) => reasonWords[reason]).join('; ')

/** Why no run came of a tick, or not yet; null where one did. */
export function fireReason({ outcome, reason, backfill }: Pick<Fire, 'outcome' | 'reason' | 'backfill'>): string | null {
  if (reason !== null) return reasonWords[reason] ?? reason
  if (outcome !== 'waiting') return null
  return backfill ? 'starts when its turn comes: a few go at a time' : 'starts when the earlier run has ended'
}
