import type { Step } from '@orrery/shared-types'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { StatusGlyph, statusWords } from '../../components/ui/status.tsx'
import { cx } from '../../lib/cx.ts'
import { duration } from '../../lib/format.ts'
import { stepWord } from './run-words.ts'
import type { Segment } from './segments.ts'
import { StepBar } from './step-bar.tsx'
import { countItems, isFinal, type Span, type StepRow } from './step-rows.ts'

type RowProps = {
  row: StepRow
  isKept: boolean
  segments: Segment[] | undefined
  span: Span
  now: number
  isSelected: boolean
  onSelect: (id: string) => void
  onToggle: (key: string) => void
}

export function TimelineRow({ row, isKept, segments, span, now, isSelected, onSelect, onToggle }: RowProps) {
  const { step, items, depth, isOpen } = row
  const name = depth === 1 ? `${step.key}[${step.itemIndex}]` : step.key
  return (
    <div className={cx('relative flex h-full items-center border-b border-line', isSelected ? 'bg-accent-tint' : 'hover:bg-hover')}>
      <div className={cx('flex w-1/2 shrink-0 items-center gap-2 overflow-hidden pr-1 sm:w-56', depth === 1 ? 'pl-10' : 'pl-4')}>
        <StatusGlyph status={step.status} />
        <button
          type="button"
          data-row-link
          aria-pressed={isSelected}
          aria-label={`${name}, ${stepWord(step)}`}
          onClick={() => onSelect(step.id)}
          className="min-w-12 truncate text-left text-sm font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          title={name}
        >
          {name}
        </button>
        {items.length > 0 && <ItemsToggle items={items} isOpen={isOpen} onToggle={() => onToggle(step.key)} name={name} />}
        {depth === 0 && items.length === 0 && <span className="truncate font-mono text-xs text-ink-3">{step.uses}</span>}
      </div>
      {isKept ? (
        <div className="ml-2 flex-1" />
      ) : (
        <StepBar step={step} segments={segments} span={span} now={now} onSelect={() => onSelect(step.id)} />
      )}
      <div
        className="tnum w-20 shrink-0 pr-4 text-right text-xs text-ink-2"
        title={isKept ? 'Its result was kept from the origin' : undefined}
      >
        {isKept ? 'kept' : took(step, now)}
      </div>
    </div>
  )
}

function took(step: Step, now: number): string {
  if (step.skipped) return 'skipped'
  if (!step.startedAt) return step.status === 'queued' && step.queuedAt ? 'queued' : '–'
  const end = step.endedAt ? Date.parse(step.endedAt) : isFinal(step.status) ? null : now
  return end === null ? '–' : duration(Math.max(0, end - Date.parse(step.startedAt)))
}

function ItemsToggle({ items, isOpen, onToggle, name }: { items: Step[]; isOpen: boolean; onToggle: () => void; name: string }) {
  const { total, byStatus } = countItems(items)
  const failed = byStatus.get('failed') ?? 0
  const said = [...byStatus].map(([status, count]) => `${count} ${statusWords[status].toLowerCase()}`).join(', ')
  const Chevron = isOpen ? ChevronDown : ChevronRight
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      title={said}
      onClick={onToggle}
      className={cx(
        'tnum relative z-10 inline-flex h-6 shrink-0 items-center gap-0.5 rounded-sm bg-raised px-1.5 text-xs',
        failed > 0 ? 'text-ink-2 max-sm:text-failed' : 'text-ink-2 hover:text-ink',
      )}
    >
      <Chevron size={12} aria-hidden />
      <span className="sr-only">Items of {name}: </span>
      {byStatus.get('done') ?? 0}/{total}
      {failed > 0 && <span className="text-failed max-sm:hidden"> · {failed} failed</span>}
    </button>
  )
}
