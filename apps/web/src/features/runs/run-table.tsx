import type { RunSummary } from '@orrery/shared-types'
import type { ReactNode } from 'react'
import { StatusBadge } from '../../components/ui/status.tsx'
import { type Column, Table } from '../../components/ui/table.tsx'
import { Ago, Took } from '../../components/ui/time.tsx'
import { shortRunId } from '../../lib/format.ts'
import type { Listing } from '../../lib/pages.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { triggerWords } from './run-words.ts'

const columns: Column<RunSummary>[] = [
  { key: 'status', header: 'Status', cell: (run) => <StatusBadge status={run.status} /> },
  {
    key: 'workflow',
    header: 'Workflow',
    grow: true,
    cell: (run) => (
      <div className="flex items-baseline gap-2 truncate">
        <span className="max-w-[70%] shrink-0 truncate font-medium" title={run.workflowName}>
          {run.workflowName}
        </span>
        <span className="tnum text-xs text-ink-3">v{run.workflowVersion}</span>
        {run.status === 'blocked' && <span className="truncate text-xs text-blocked max-md:hidden">{run.blockedReason}</span>}
        {run.error && <span className="truncate text-xs text-failed max-md:hidden">{run.error.message}</span>}
      </div>
    ),
  },
  { key: 'run', header: 'Run', hideBelow: 'lg', cell: (run) => <code className="font-mono text-xs text-ink-3">{shortRunId(run.id)}</code> },
  { key: 'trigger', header: 'Trigger', hideBelow: 'md', cell: (run) => <span className="text-ink-2">{triggerWords[run.trigger]}</span> },
  { key: 'created', header: 'Created', hideBelow: 'sm', right: true, cell: (run) => <Ago at={run.createdAt} /> },
  { key: 'took', header: 'Duration', right: true, cell: (run) => <Took from={run.startedAt} to={run.endedAt} ms={run.durationMs} /> },
]

const projectColumn = (name: (id: string) => string): Column<RunSummary> => ({
  key: 'project',
  header: 'Project',
  hideBelow: 'xl',
  cell: (run) => <span className="block max-w-40 truncate text-ink-2">{name(run.projectId)}</span>,
})

export function RunTable({ listing, empty }: { listing: Listing<RunSummary>; empty: ReactNode }) {
  const { projects, current } = useProjectScope()
  const name = (id: string) => projects.find((project) => project.id === id)?.name ?? 'Unknown'
  const shown = current || projects.length < 2 ? columns : [...columns.slice(0, 2), projectColumn(name), ...columns.slice(2)]
  return <Table label="Runs" columns={shown} listing={listing} rowKey={(run) => run.id} rowTo={(run) => `/runs/${run.id}`} empty={empty} />
}
