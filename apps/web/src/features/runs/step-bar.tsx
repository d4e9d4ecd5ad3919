import { Tooltip } from '@base-ui/react/tooltip'
import type { Status, Step } from '@orrery/shared-types'
import { cx } from '../../lib/cx.ts'
import { duration } from '../../lib/format.ts'
import { type Placed, placeSegments, type Segment, segmentWord } from './segments.ts'
import { barOf, type Span } from './step-rows.ts'

const fill: Record<Placed['look'], string> = {
  queue: 'hatched border bg-surface border-line-strong',
  wait: 'dotted border bg-surface border-blocked-line text-blocked',
  queued: 'bg-queued-line',
  in_progress: 'bg-progress-line',
  blocked: 'bg-blocked-line',
  failed: 'bg-failed-line',
  done: 'bg-done-line',
  canceled: 'bg-canceled-line',
} satisfies Record<Status | 'queue' | 'wait', string>

const place = (from: number, to: number) => ({ left: `${from * 100}%`, width: `max(3px, ${(to - from) * 100}%)` })
const bar = 'absolute top-1/2 h-2.5 -translate-y-1/2 rounded-sm'

type StepBarProps = { step: Step; segments: Segment[] | undefined; span: Span; now: number; onSelect: () => void }

/** One step against the clock of its run: each stretch of its time, or queue and work as far as the step itself knows them. */
export function StepBar({ step, segments, span, now, onSelect }: StepBarProps) {
  if (step.skipped) return <div className="ml-2 flex-1" />
  const placed = segments ? placeSegments(segments, step, span, now) : fromStep(step, span, now)
  const first = placed[0]
  const last = placed.at(-1)
  return (
    <div className="relative ml-2 h-full flex-1">
      {first && last && placed.length > 1 && (
        <span aria-hidden className="absolute top-1/2 h-px bg-line-strong" style={place(first.from, last.to)} />
      )}
      {placed.map((each, at) => (
        <SegmentBar key={at} placed={each} onSelect={onSelect} />
      ))}
      {first && last && step.attempt > 1 && (
        <span
          aria-hidden
          className="tnum absolute top-1/2 -translate-y-1/2 rounded-sm bg-surface px-1 text-xs text-ink-3"
          style={last.to > 0.8 ? { right: `${(1 - first.from) * 100 + 1}%` } : { left: `${last.to * 100 + 1}%` }}
        >
          ×{step.attempt}
        </span>
      )}
    </div>
  )
}

type Drawn = Omit<Placed, 'segment'> & { segment?: Segment }

function fromStep(step: Step, span: Span, now: number): Drawn[] {
  const known = barOf(step, span, now)
  if (!known) return []
  const { queuedFrom, startFrom, to } = known
  const queue: Drawn = { from: queuedFrom, to: startFrom ?? to, look: 'queue' }
  const work: Drawn[] = startFrom === null ? [] : [{ from: startFrom, to, look: step.status }]
  return queue.to > queue.from ? [queue, ...work] : work
}

function SegmentBar({ placed: { segment, from, to, look }, onSelect }: { placed: Drawn; onSelect: () => void }) {
  if (segment?.error) return <FailedAttempt segment={segment} from={from} to={to} onSelect={onSelect} />
  return <span aria-hidden className={cx(bar, fill[look])} style={place(from, to)} title={segment && segmentWord(segment)} />
}

type FailedProps = { segment: Segment; from: number; to: number; onSelect: () => void }

/** A failed attempt says its error to whoever points at it or comes to it by the keyboard. */
function FailedAttempt({ segment, from, to, onSelect }: FailedProps) {
  const { key, itemIndex, attempt, startedAt, endedAt, error } = segment
  const name = itemIndex === null ? key : `${key}[${itemIndex}]`
  const took = endedAt === null ? '' : ` after ${duration(Date.parse(endedAt) - Date.parse(startedAt))}`
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        delay={100}
        onClick={onSelect}
        aria-label={`Attempt ${attempt} of ${name} failed: ${error?.message}`}
        style={{ ...place(from, to), minWidth: 6 }}
        className="absolute inset-y-0 z-10 rounded-sm focus-visible:-outline-offset-2"
      >
        <span className={cx(bar, 'inset-x-0', fill.failed)} />
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={4} className="z-50">
          <Tooltip.Popup className="float-in max-w-md rounded-md border border-line bg-surface px-3 py-2 text-sm shadow-float">
            <span className="block font-medium text-failed">
              Attempt {attempt} failed{took}
            </span>
            <span className="block font-mono text-xs text-ink-3">{error?.code}</span>
            <span className="line-clamp-6 block whitespace-pre-wrap">{error?.message}</span>
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
