import type { PreviewSchedule, Schedule, UpdateSchedule } from '@orrery/shared-types'
import { type BoundValues, boundsOf, noBounds, readBounds } from './bound-fields.tsx'
import { firstPolicy, type PolicyValues, policyChange, policyOf, readPolicy } from './policy.ts'
import { firstWhen, readWhen, type WhenValues, whenOf } from './when-fields.tsx'

/** What the form of a schedule holds, as it is typed. */
export type FormValues = { when: WhenValues; bounds: BoundValues; policy: PolicyValues }

export const firstValues = (): FormValues => ({ when: firstWhen(), bounds: noBounds, policy: firstPolicy })
export const valuesOf = (schedule: Schedule): FormValues => ({
  when: whenOf(schedule),
  bounds: boundsOf(schedule),
  policy: policyOf(schedule),
})

/** What the scheduler is asked about the next fires; null while the fields don't say when. */
export function askedBy({ when, bounds }: FormValues): PreviewSchedule | null {
  const read = readWhen(when)
  if (!read) return null
  const { startAt, endAt } = readBounds(bounds)
  return { ...read, ...(startAt !== null && { startAt }), ...(endAt !== null && { endAt }) }
}

const differs = (a: object, b: object) => JSON.stringify(a) !== JSON.stringify(b)

/** What was changed, and only that: new times begin anew, and what somebody else changed meanwhile stays. Null while it can't be used. */
export function changeOf(values: FormValues, before: FormValues): UpdateSchedule | null {
  const { policy } = readPolicy(values.policy)
  const had = readPolicy(before.policy).policy
  const when = readWhen(values.when)
  if (!policy || !had || !when) return null
  const { timezone, ...times } = when
  const { startAt, endAt } = readBounds(values.bounds)
  return {
    ...(differs({ ...values.when, timezone: '' }, { ...before.when, timezone: '' }) && times),
    ...(values.when.kind === 'cron' && values.when.timezone !== before.when.timezone && { timezone }),
    ...(values.bounds.start !== before.bounds.start && { startAt }),
    ...(values.bounds.end !== before.bounds.end && { endAt }),
    ...policyChange(policy, had),
  }
}
