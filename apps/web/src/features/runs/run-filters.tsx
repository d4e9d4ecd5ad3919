import type { Status } from '@orrery/shared-types'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useSearchParams } from 'react-router'
import { StatusGlyph, statusWords } from '../../components/ui/status.tsx'
import { cx } from '../../lib/cx.ts'

const order: Status[] = ['in_progress', 'queued', 'blocked', 'failed', 'done', 'canceled']

/** What the address says the list is narrowed to. */
export function useRunFilters() {
  const [search, setSearch] = useSearchParams()
  const chosen = (search.get('status') ?? '').split(',').filter(Boolean)
  const set = (name: string, value: string | null) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before)
        if (value) next.set(name, value)
        else next.delete(name)
        return next
      },
      { replace: true },
    )
  const toggle = (status: Status) =>
    set('status', (chosen.includes(status) ? chosen.filter((other) => other !== status) : [...chosen, status]).join(','))
  const workflowId = search.get('workflowId') ?? undefined
  const scheduleId = search.get('scheduleId') ?? undefined
  const clear = () => setSearch({}, { replace: true })
  return { chosen, toggle, set, workflowId, scheduleId, clear, isNarrowed: search.size > 0 }
}

export function RunFilters({ filters, workflowPicker }: { filters: ReturnType<typeof useRunFilters>; workflowPicker: ReactNode }) {
  return (
    <div role="group" aria-label="Filters" className="flex flex-wrap items-center gap-2">
      {order.map((status) => {
        const on = filters.chosen.includes(status)
        return (
          <button
            key={status}
            type="button"
            aria-pressed={on}
            onClick={() => filters.toggle(status)}
            className={cx(
              'inline-flex h-7 items-center gap-1.5 rounded-md border px-2 text-sm pointer-coarse:h-10',
              on ? 'border-accent bg-accent-tint text-ink' : 'border-line bg-surface text-ink-2 hover:bg-hover',
            )}
          >
            <StatusGlyph status={status} size={12} />
            {statusWords[status]}
          </button>
        )
      })}
      <div className="w-52">{workflowPicker}</div>
      {filters.scheduleId && <Token label="One schedule" onRemove={() => filters.set('scheduleId', null)} />}
      {filters.isNarrowed && (
        <button type="button" onClick={filters.clear} className="h-7 px-1 text-sm text-ink-3 hover:text-ink">
          Clear filters
        </button>
      )}
    </div>
  )
}

function Token({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <span className="inline-flex h-7 items-center gap-1 rounded-md border border-accent bg-accent-tint pr-1 pl-2 text-sm">
      {label}
      <button type="button" aria-label={`Remove filter: ${label}`} onClick={onRemove} className="rounded-sm p-0.5 hover:bg-raised">
        <X size={13} />
      </button>
    </span>
  )
}
