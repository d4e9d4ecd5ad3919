import { type CatchUp, defaultCatchUpWindowMs, longestCatchUpWindowMs, type Overlap, type Schedule } from '@orrery/shared-types'
import { catchUpWords, overlapWords } from './policy-words.ts'

type Policy = Pick<Schedule, 'overlap' | 'catchUp' | 'catchUpWindowMs' | 'jitterMs'>
export type WindowUnit = 'm' | 'h' | 'd'
/** The same as it is typed: numbers as text, the window in a unit of its own. */
export type PolicyValues = { overlap: Overlap; catchUp: CatchUp; window: string; windowUnit: WindowUnit; jitterSeconds: string }
export type PolicyErrors = { window?: string; jitter?: string }

const windowUnitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const secondMs = 1000
const longestJitterMs = 3_600_000

/** In the longest unit of which it is a whole number. */
function windowOf(ms: number): Pick<PolicyValues, 'window' | 'windowUnit'> {
  const windowUnit = ms > 0 && ms % windowUnitMs.d === 0 ? 'd' : ms > 0 && ms % windowUnitMs.h === 0 ? 'h' : 'm'
  return { window: String(ms / windowUnitMs[windowUnit]), windowUnit }
}

/** What the scheduler takes where nothing is said. */
export const firstPolicy: PolicyValues = { overlap: 'allow', catchUp: 'last', ...windowOf(defaultCatchUpWindowMs), jitterSeconds: '0' }

export const policyOf = ({ overlap, catchUp, catchUpWindowMs, jitterMs }: Policy): PolicyValues => ({
  overlap,
  catchUp,
  ...windowOf(catchUpWindowMs),
  jitterSeconds: String(jitterMs / secondMs),
})

const isOverlap = (text: string): text is Overlap => text in overlapWords
const isCatchUp = (text: string): text is CatchUp => text in catchUpWords
export const asOverlap = (text: string): Overlap => (isOverlap(text) ? text : 'allow')
export const asWindowUnit = (text: string): WindowUnit => (text === 'd' || text === 'h' ? text : 'm')
export const asCatchUp = (text: string): CatchUp => (isCatchUp(text) ? text : 'last')

/** What differs from what the schedule has: only that is sent, so that a change by somebody else to the rest stays. */
export const policyChange = (policy: Policy, before: Policy): Partial<Policy> => ({
  ...(policy.overlap !== before.overlap && { overlap: policy.overlap }),
  ...(policy.catchUp !== before.catchUp && { catchUp: policy.catchUp }),
  ...(policy.catchUpWindowMs !== before.catchUpWindowMs && { catchUpWindowMs: policy.catchUpWindowMs }),
  ...(policy.jitterMs !== before.jitterMs && { jitterMs: policy.jitterMs }),
})

/** What the fields say, in the words of the API, or what is wrong with them. */
export function readPolicy({ overlap, catchUp, window, windowUnit, jitterSeconds }: PolicyValues): {
  policy: Policy | null
  errors: PolicyErrors
} {
  const catchUpWindowMs = readMs(window, windowUnitMs[windowUnit], longestCatchUpWindowMs)
  const jitterMs = readMs(jitterSeconds, secondMs, longestJitterMs)
  const errors: PolicyErrors = {
    ...(catchUpWindowMs === null && { window: `From 0 to ${longestCatchUpWindowMs / windowUnitMs.d} days` }),
    ...(jitterMs === null && { jitter: 'From 0 to 3600 seconds' }),
  }
  if (catchUpWindowMs === null || jitterMs === null) return { policy: null, errors }
  return { policy: { overlap, catchUp, catchUpWindowMs, jitterMs }, errors }
}

function readMs(text: string, unitMs: number, longestMs: number): number | null {
  const ms = Math.round(Number(text) * unitMs)
  return text.trim() !== '' && ms >= 0 && ms <= longestMs ? ms : null
}
