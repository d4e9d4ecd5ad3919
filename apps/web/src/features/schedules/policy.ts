import type { CatchUp, Overlap, Schedule } from '@orrery/shared-types'
import { catchUpWords, overlapWords } from './policy-words.ts'

type Policy = Pick<Schedule, 'overlap' | 'catchUp' | 'catchUpWindowMs' | 'jitterMs'>
/** The same as it is typed: minutes and seconds as text. */
export type PolicyValues = { overlap: Overlap; catchUp: CatchUp; windowMinutes: string; jitterSeconds: string }
export type PolicyErrors = { window?: string; jitter?: string }

const minuteMs = 60_000
const secondMs = 1000
const longestWindowMs = 86_400_000
const longestJitterMs = 3_600_000

/** What the scheduler takes where nothing is said. */
export const firstPolicy: PolicyValues = { overlap: 'allow', catchUp: 'last', windowMinutes: '1', jitterSeconds: '0' }

export const policyOf = ({ overlap, catchUp, catchUpWindowMs, jitterMs }: Policy): PolicyValues => ({
  overlap,
  catchUp,
  windowMinutes: String(catchUpWindowMs / minuteMs),
  jitterSeconds: String(jitterMs / secondMs),
})

const isOverlap = (text: string): text is Overlap => text in overlapWords
const isCatchUp = (text: string): text is CatchUp => text in catchUpWords
export const asOverlap = (text: string): Overlap => (isOverlap(text) ? text : 'allow')
export const asCatchUp = (text: string): CatchUp => (isCatchUp(text) ? text : 'last')

/** What differs from what the schedule has: only that is sent, so that a change by somebody else to the rest stays. */
export const policyChange = (policy: Policy, before: Policy): Partial<Policy> => ({
  ...(policy.overlap !== before.overlap && { overlap: policy.overlap }),
  ...(policy.catchUp !== before.catchUp && { catchUp: policy.catchUp }),
  ...(policy.catchUpWindowMs !== before.catchUpWindowMs && { catchUpWindowMs: policy.catchUpWindowMs }),
  ...(policy.jitterMs !== before.jitterMs && { jitterMs: policy.jitterMs }),
})

/** What the fields say, in the words of the API, or what is wrong with them. */
export function readPolicy({ overlap, catchUp, windowMinutes, jitterSeconds }: PolicyValues): {
  policy: Policy | null
  errors: PolicyErrors
} {
  const catchUpWindowMs = readMs(windowMinutes, minuteMs, longestWindowMs)
  const jitterMs = readMs(jitterSeconds, secondMs, longestJitterMs)
  const errors: PolicyErrors = {
    ...(catchUpWindowMs === null && { window: 'From 0 to 1440 minutes' }),
    ...(jitterMs === null && { jitter: 'From 0 to 3600 seconds' }),
  }
  if (catchUpWindowMs === null || jitterMs === null) return { policy: null, errors }
  return { policy: { overlap, catchUp, catchUpWindowMs, jitterMs }, errors }
}

function readMs(text: string, unitMs: number, longestMs: number): number | null {
  const ms = Math.round(Number(text) * unitMs)
  return text.trim() !== '' && ms >= 0 && ms <= longestMs ? ms : null
}
