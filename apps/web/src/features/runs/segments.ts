import type { RunTimeline, Status, Step } from '@orrery/shared-types'
import { isFinal, type Span } from './step-rows.ts'

export type Segment = RunTimeline['items'][number]
export type SegmentsByStep = ReadonlyMap<string, Segment[]>
/** A segment as it is drawn: where it lies in the span, 0 to 1, and what it says by its look. */
export type Placed = { segment: Segment; from: number; to: number; look: 'queue' | 'wait' | Status }

export const segmentsByStep = (segments: readonly Segment[]): SegmentsByStep => Map.groupBy(segments, (each) => each.stepId)

/** Nobody works on it meanwhile: a wait, the pause after an attempt that failed, or a step whose child run does the work. */
const isWait = ({ kind, childRunId }: Segment) => kind === 'wait' || kind === 'backoff' || childRunId !== null

function endOf({ startedAt, endedAt }: Segment, step: Step, now: number): number {
  if (endedAt !== null) return Date.parse(endedAt)
  // the step has ended in the meantime and the timeline hasn't said so yet
  if (step.endedAt !== null) return Date.parse(step.endedAt)
  return isFinal(step.status) ? Date.parse(startedAt) : now
}

/** Puts the segments of a step on the span of the run. A queue that took no time is not drawn. */
export function placeSegments(segments: readonly Segment[], step: Step, span: Span, now: number): Placed[] {
  const share = (at: number) => Math.min(1, Math.max(0, (at - span.from) / (span.to - span.from)))
  const last = segments.at(-1)
  return segments
    .map((segment) => ({
      segment,
      from: share(Date.parse(segment.startedAt)),
      to: share(endOf(segment, step, now)),
      look: lookOf(segment, segment === last ? step.status : null),
    }))
    .filter(({ look, from, to }) => look !== 'queue' || to > from)
}

function lookOf(segment: Segment, status: Status | null): Placed['look'] {
  if (segment.error !== null) return 'failed'
  if (segment.kind === 'queue') return 'queue'
  if (isWait(segment)) return 'wait'
  return status ?? 'canceled'
}

const words = { queue: 'In the queue', wait: 'Waiting', backoff: 'Pause before the next attempt' } as const

export const segmentWord = (segment: Segment): string =>
  segment.kind === 'attempt' ? (segment.childRunId === null ? `Attempt ${segment.attempt}` : 'Child run') : words[segment.kind]
