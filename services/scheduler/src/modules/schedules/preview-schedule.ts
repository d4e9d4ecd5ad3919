import { uuidOf } from '@orrery/core'
import type { PreviewSchedule, SchedulePreview } from '@orrery/shared-types'
import { previewFires } from './preview.policy.ts'
import { readWhen } from './schedule.policy.ts'
import { hasSpread } from './spread.policy.ts'

const drawnLater = 'H stands for a value that each schedule gets of its own, so this is an example'

/** The next fires of what somebody is about to plan. Writes nothing. */
export function previewSchedule(input: PreviewSchedule, now: Date): SchedulePreview {
  const from = input.from === undefined ? now : new Date(input.from)
  const { scheduleId } = input
  const { when, timezone } = readWhen(input, scheduleId === undefined ? 'preview' : uuidOf('schedule', scheduleId), from)
  const preview = previewFires(when, timezone, from, input.count ?? 10)
  if (scheduleId !== undefined || input.cron === undefined || !hasSpread(input.cron)) return preview
  return { fires: preview.fires.map((fire) => ({ ...fire, note: [drawnLater, fire.note].filter(Boolean).join('. ') })) }
}
