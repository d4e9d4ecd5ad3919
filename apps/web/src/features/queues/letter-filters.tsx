import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { Select } from '../../components/ui/field.tsx'
import { withSearch } from '../../lib/address-project.ts'
import { cx } from '../../lib/cx.ts'
import { queueQueries } from './queue.queries.ts'
import { type DeadLetterState, deadLetterStates } from './queue-words.ts'
import { useQueueScope } from './use-queue-scope.ts'

const words: Record<DeadLetterState, string> = { open: 'Open', redriven: 'Redriven', dismissed: 'Dismissed' }

/** What the address says the list is narrowed to. */
export function useLetterFilters() {
  const [search, setSearch] = useSearchParams()
  const state = deadLetterStates.find((each) => each === search.get('state')) ?? 'open'
  const queue = search.get('queue') ?? undefined
  const set = (change: Record<string, string | null>) =>
    setSearch((before) => new URLSearchParams(withSearch(before, change)), { replace: true })
  return {
    state,
    queue,
    isNarrowed: state !== 'open' || queue !== undefined,
    setState: (next: DeadLetterState) => set({ state: next === 'open' ? null : next }),
    setQueue: (next: string) => set({ queue: next === '' ? null : next }),
    clear: () => set({ state: null, queue: null }),
  }
}

type FiltersProps = { filters: ReturnType<typeof useLetterFilters>; seen: readonly string[] }

export function LetterFilters({ filters, seen }: FiltersProps) {
  const { projectId, isKnown } = useQueueScope()
  const { data } = useQuery({ ...queueQueries.list(projectId), enabled: isKnown })
  const known = data?.items.map((queue) => queue.name) ?? ['default', 'code']
  const names = [...new Set([...known, ...seen, ...(filters.queue === undefined ? [] : [filters.queue])])]
  return (
    <div role="group" aria-label="Filters" className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      {deadLetterStates.map((state) => {
        const on = filters.state === state
        return (
          <button
            key={state}
            type="button"
            aria-pressed={on}
            onClick={() => filters.setState(state)}
            className={cx(
              'inline-flex h-7 items-center rounded-md border px-2 text-sm pointer-coarse:h-10',
              on ? 'border-accent bg-accent-tint text-ink' : 'border-line bg-surface text-ink-2 hover:bg-hover',
            )}
          >
            {words[state]}
          </button>
        )
      })}
      <Select
        aria-label="Queue"
        className="max-w-52"
        value={filters.queue ?? ''}
        onChange={(event) => filters.setQueue(event.target.value)}
      >
        <option value="">Any queue</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  )
}
