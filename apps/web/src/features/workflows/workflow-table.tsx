import type { WorkflowSummary } from '@orrery/shared-types'
import type { ReactNode } from 'react'
import { type Column, Table } from '../../components/ui/table.tsx'
import { Ago } from '../../components/ui/time.tsx'
import type { Listing } from '../../lib/pages.ts'
import { WorkflowState } from './workflow-state.tsx'

const columns: Column<WorkflowSummary>[] = [
  {
    key: 'name',
    header: 'Workflow',
    grow: true,
    cell: (workflow) => (
      <span className="font-medium" title={workflow.name}>
        {workflow.name}
      </span>
    ),
  },
  {
    key: 'slug',
    header: 'Slug',
    hideBelow: 'lg',
    cell: (workflow) => <code className="block max-w-56 truncate font-mono text-xs text-ink-3">{workflow.slug}</code>,
  },
  { key: 'state', header: 'State', cell: (workflow) => <WorkflowState workflow={workflow} /> },
  { key: 'updated', header: 'Changed', hideBelow: 'sm', right: true, cell: (workflow) => <Ago at={workflow.updatedAt} /> },
]

type WorkflowTableProps = { listing: Listing<WorkflowSummary>; empty: ReactNode; bare?: boolean }

export function WorkflowTable({ listing, empty, bare = false }: WorkflowTableProps) {
  return (
    <Table
      label="Workflows"
      columns={columns}
      listing={listing}
      rowKey={(row) => row.id}
      rowTo={(row) => `/workflows/${row.id}`}
      empty={empty}
      bare={bare}
    />
  )
}
