import type { Run } from '@orrery/shared-types'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { roundDuration } from '../../lib/format.ts'
import { moveInList, useHotkeys } from '../../lib/hotkeys.ts'
import { useNow } from '../../lib/use-now.ts'
import type { SegmentsByStep } from './segments.ts'
import { isFinal, isKept, type Span, spanOf, stepRows, ticksOf } from './step-rows.ts'
import { TimelineRow } from './timeline-row.tsx'

const rowHeight = 34
const virtualFrom = 100

type TimelineProps = { run: Run; segments: SegmentsByStep | undefined; selected: string | null; onSelect: (stepId: string) => void }

/** One row per step against the run's own clock: hatched in the queue, solid at work, dotted while it waits or pauses after a failure. */
export function Timeline({ run, segments, selected, onSelect }: TimelineProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const now = useNow(isFinal(run.status) ? 0 : 250)
  const rows = useMemo(() => stepRows(run.steps, open), [run.steps, open])
  const span = spanOf(run, run.steps, now)
  const list = useRef<HTMLDivElement>(null)
  useHotkeys({ j: () => moveInList(list.current, 1), k: () => moveInList(list.current, -1) })
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    enabled: rows.length > virtualFrom,
  })
  const toggle = (key: string) =>
    setOpen((before) => {
      const next = new Set(before)
      if (!next.delete(key)) next.add(key)
      return next
    })
  const isVirtual = rows.length > virtualFrom
  const shown = isVirtual
    ? virtual.getVirtualItems().map(({ index, start }) => ({ index, start }))
    : rows.map((_, index) => ({ index, start: index * rowHeight }))
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Axis span={span} />
      <div ref={list} className="max-h-[70vh] min-h-40 flex-1 overflow-y-auto" role="list" aria-label="Steps">
        <div className="relative" style={{ height: rows.length * rowHeight }}>
          {shown.map(({ index, start }) => {
            const row = rows[index]
            if (!row) return null
            return (
              <div
                key={row.step.id}
                role="listitem"
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)`, height: rowHeight }}
              >
                <TimelineRow
                  row={row}
                  isKept={isKept(run, row.step)}
                  segments={segments?.get(row.step.id)}
                  span={span}
                  now={now}
                  isSelected={row.step.id === selected}
                  onSelect={onSelect}
                  onToggle={toggle}
                />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function Axis({ span }: { span: Span }) {
  return (
    <div className="flex h-7 items-center border-b border-line text-xs text-ink-3" aria-hidden>
      <div className="w-1/2 shrink-0 pl-4 sm:w-56">Step</div>
      <div className="relative mr-20 ml-2 h-full flex-1">
        {ticksOf(span)
          .filter((tick) => tick.share < 0.93)
          .map((tick) => (
            <span
              key={tick.ms}
              className="tnum absolute top-1.5 whitespace-nowrap border-l border-line pl-1 max-sm:[&:nth-child(even)]:hidden"
              style={{ left: `${tick.share * 100}%` }}
            >
              {tickWords(tick.ms)}
            </span>
          ))}
      </div>
    </div>
  )
}

const tickWords = (ms: number) => (ms === 0 ? '0' : roundDuration(ms))
