import type { RunComparison } from '@orrery/shared-types'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useRef, useState } from 'react'
import { StatusBadge, StatusGlyph, statusWords } from '../../components/ui/status.tsx'
import { cx } from '../../lib/cx.ts'
import { duration } from '../../lib/format.ts'
import { moveInList, useHotkeys } from '../../lib/hotkeys.ts'
import { JsonDiffView } from './json-diff-view.tsx'

type Pair = RunComparison['steps'][number]
type Side = Pair['left']
type Names = { left: string; right: string }

const columns = 'grid grid-cols-[minmax(0,1fr)_auto_auto] items-center gap-x-3 sm:grid-cols-[minmax(0,1fr)_12rem_12rem_6rem]'

/** The steps of two runs side by side; one that gave something else opens to what differs. */
export function CompareSteps({ steps, names }: { steps: Pair[]; names: Names }) {
  const list = useRef<HTMLDivElement>(null)
  useHotkeys({ j: () => moveInList(list.current, 1), k: () => moveInList(list.current, -1) })
  return (
    <div ref={list} className="overflow-hidden rounded-md border border-line bg-surface text-sm">
      <div aria-hidden className={cx(columns, 'h-8 border-b border-line pr-4 pl-9 text-xs font-medium text-ink-3')}>
        <span>Step</span>
        <span className="sm:hidden">Both</span>
        <span className="max-sm:hidden">{names.left}</span>
        <span className="max-sm:hidden">{names.right}</span>
        <span>Output</span>
      </div>
      <ul aria-label="Steps">
        {steps.map((pair) => (
          <StepPair key={pair.key} pair={pair} names={names} />
        ))}
      </ul>
    </div>
  )
}

function StepPair({ pair, names }: { pair: Pair; names: Names }) {
  const [open, setOpen] = useState(false)
  const opens = !pair.sameOutput
  const Chevron = open ? ChevronDown : ChevronRight
  const row = (
    <>
      <span className="truncate text-left font-medium" title={pair.key}>
        {pair.key}
      </span>
      <span className="inline-flex items-center gap-1 sm:hidden">
        <Glyph side={pair.left} />
        <span className="text-ink-3" aria-hidden>
          →
        </span>
        <Glyph side={pair.right} />
      </span>
      <Ended side={pair.left} name={names.left} />
      <Ended side={pair.right} name={names.right} />
      <span className={cx('text-left', pair.sameOutput ? 'text-ink-3' : 'font-medium text-blocked')}>
        {pair.sameOutput ? 'same' : 'different'}
      </span>
    </>
  )
  return (
    <li className="border-b border-line last:border-b-0">
      {opens ? (
        <button
          type="button"
          data-row-link
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className={cx(columns, 'row-h relative w-full pr-4 pl-9 hover:bg-hover focus-visible:-outline-offset-2')}
        >
          <Chevron size={14} aria-hidden className="absolute left-3.5 text-ink-3" />
          {row}
        </button>
      ) : (
        <div className={cx(columns, 'row-h pr-4 pl-9')}>{row}</div>
      )}
      {open && (
        <div className="px-4 pt-1 pb-4 sm:pl-9">
          <JsonDiffView left={pair.left?.output ?? null} right={pair.right?.output ?? null} names={names} />
        </div>
      )}
    </li>
  )
}

function Glyph({ side }: { side: Side }) {
  return side ? <StatusGlyph status={side.status} label /> : <span className="text-ink-3">–</span>
}

function Ended({ side, name }: { side: Side; name: string }) {
  if (!side) return <span className="text-left text-ink-3 max-sm:hidden">no such step</span>
  const word = side.skipped ? 'Skipped' : statusWords[side.status]
  return (
    <span className="flex items-center gap-2 max-sm:hidden">
      <span className="sr-only">{name}: </span>
      <StatusBadge status={side.status} word={word} />
      <span className="tnum text-xs text-ink-3">
        {side.durationMs !== null && duration(side.durationMs)}
        {side.attempt > 1 && ` ×${side.attempt}`}
      </span>
    </span>
  )
}
