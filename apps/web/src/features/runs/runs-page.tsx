import type { RunSummary } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { ArrowUp } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { Button, ButtonLink } from '../../components/ui/button.tsx'
import { Page } from '../../components/ui/page.tsx'
import { EmptyState } from '../../components/ui/states.tsx'
import { useListing } from '../../lib/pages.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { clearNewRuns, useNewRuns } from './new-runs.ts'
import { runQueries } from './run.queries.ts'
import { RunFilters, useRunFilters } from './run-filters.tsx'
import { RunTable } from './run-table.tsx'
import { activeWords } from './run-words.ts'

type Picker = (props: { value: string | undefined; onChange: (id: string | null) => void }) => ReactNode

export function RunsPage({ workflowPicker }: { workflowPicker: Picker }) {
  const filters = useRunFilters()
  const { current } = useProjectScope()
  const listing = useListing(
    runQueries.list({
      projectId: current?.id,
      status: filters.chosen.join(',') || undefined,
      workflowId: filters.workflowId,
      scheduleId: filters.scheduleId,
    }),
  )
  return (
    <Page title="Runs" answer={<Answer projectId={current?.id} />} actions={<NewRuns listing={listing} />}>
      <RunFilters
        filters={filters}
        workflowPicker={workflowPicker({ value: filters.workflowId, onChange: (id) => filters.set('workflowId', id) })}
      />
      <RunTable listing={listing} empty={filters.isNarrowed ? <NothingFits onClear={filters.clear} /> : <NoRuns />} />
    </Page>
  )
}

function Answer({ projectId }: { projectId: string | undefined }) {
  const { data } = useQuery(runQueries.digest('in_progress,queued,blocked', projectId, 50))
  if (!data) return null
  const words = activeWords(data)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

/** At the top of the list new runs come in by themselves; further down they wait until asked for. */
function NewRuns({ listing }: { listing: { retry: () => void; rows: RunSummary[] } }) {
  const count = useNewRuns((state) => state.count)
  useEffect(() => clearNewRuns, [])
  useEffect(() => {
    if (count === 0 || window.scrollY > 40) return
    const timer = setTimeout(() => {
      clearNewRuns()
      listing.retry()
    }, 150)
    return () => clearTimeout(timer)
  })
  if (count === 0 || window.scrollY <= 40) return null
  const show = () => {
    clearNewRuns()
    listing.retry()
    window.scrollTo({ top: 0 })
  }
  return (
    <Button size="sm" onClick={show} className="fixed top-16 right-6 z-20 shadow-float">
      <ArrowUp size={14} aria-hidden />
      {count} new
    </Button>
  )
}

function NoRuns() {
  return (
    <EmptyState
      title="No runs yet"
      action={
        <ButtonLink to="/workflows" look="primary">
          Go to workflows
        </ButtonLink>
      }
    >
      A run is one execution of a published workflow, with every step’s input, output and log. Start one by hand from a workflow, or give
      the workflow a schedule.
    </EmptyState>
  )
}

function NothingFits({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState title="No run fits these filters" action={<Button onClick={onClear}>Clear filters</Button>}>
      There may be runs with another status or of another workflow.
    </EmptyState>
  )
}
