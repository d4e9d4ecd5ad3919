import type { PreviewSchedule, SchedulePreview } from '@orrery/shared-types'
import { previewFires } from './preview.policy.ts'
import { readWhen } from './schedule.policy.ts'

/** The next fires of what somebody is about to plan. Writes nothing. */
export function previewSchedule(input: PreviewSchedule, now: Date): SchedulePreview {
  const from = input.from === undefined ? now : new Date(input.from)
  const { when, timezone } = readWhen(input, from)
  return previewFires(when, timezone, from, input.count ?? 10)
}
