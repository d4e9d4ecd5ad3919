import type { Agent } from '@orrery/shared-types'
import { Plus } from 'lucide-react'
import { Outlet, useParams } from 'react-router'
import { ButtonLink } from '../../components/ui/button.tsx'
import { Page } from '../../components/ui/page.tsx'
import { EmptyState } from '../../components/ui/states.tsx'
import { type Column, Table } from '../../components/ui/table.tsx'
import { Ago } from '../../components/ui/time.tsx'
import { duration, percent, plural } from '../../lib/format.ts'
import { useListing } from '../../lib/pages.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { agentQueries } from './agent.queries.ts'
import { AgentStatusBadge } from './agent-status.tsx'

const unknown = <span className="text-ink-3">–</span>

const columns: Column<Agent>[] = [
  {
    key: 'name',
    header: 'Agent',
    grow: true,
    cell: (agent) => (
      <span className="font-medium" title={agent.name}>
        {agent.name}
      </span>
    ),
  },
  {
    key: 'type',
    header: 'Type',
    hideBelow: 'sm',
    cell: (agent) => <span className="block max-w-40 truncate text-ink-2">{agent.type}</span>,
  },
  { key: 'status', header: 'Status', cell: (agent) => <AgentStatusBadge status={agent.status} /> },
  { key: 'runs', header: 'Executions', hideBelow: 'md', right: true, cell: (agent) => agent.metrics.executions.toLocaleString('en') },
  {
    key: 'rate',
    header: 'Success',
    hideBelow: 'md',
    right: true,
    cell: (agent) => (agent.metrics.successRate === null ? unknown : percent(agent.metrics.successRate)),
  },
  {
    key: 'avg',
    header: 'Mean time',
    hideBelow: 'lg',
    right: true,
    cell: (agent) => (agent.metrics.avgDurationMs === null ? unknown : duration(agent.metrics.avgDurationMs)),
  },
  { key: 'seen', header: 'Last seen', right: true, hideBelow: 'sm', cell: (agent) => <Ago at={agent.lastSeenAt} fallback="never" /> },
]

export function AgentsPage() {
  const { current } = useProjectScope()
  const { agentId } = useParams()
  const listing = useListing(agentQueries.list({ projectId: current?.id }))
  const create = (
    <ButtonLink to="/agents/new" look="primary">
      <Plus size={15} aria-hidden />
      Add agent
    </ButtonLink>
  )
  return (
    <Page title="Agents" answer={listing.isPending || listing.error ? null : answer(listing.rows)} actions={create}>
      <Table
        label="Agents"
        columns={columns}
        listing={listing}
        rowKey={(row) => row.id}
        rowTo={(row) => `/agents/${row.id}`}
        selected={agentId}
        empty={<NoAgents />}
      />
      <Outlet />
    </Page>
  )
}

function answer(agents: Agent[]): string {
  if (agents.length === 0) return 'None yet.'
  const broken = agents.filter((agent) => agent.status === 'error')
  const up = agents.filter((agent) => agent.status === 'active' || agent.status === 'busy' || agent.status === 'idle').length
  const names = broken
    .slice(0, 3)
    .map((agent) => agent.name)
    .join(', ')
  if (broken.length > 0) return `${plural(broken.length, 'agent')} in error: ${names}.`
  if (agents.length === 1) return up === 1 ? 'The one agent is up.' : 'The one agent is offline.'
  return up === agents.length ? `All ${plural(agents.length, 'agent')} up.` : `${up} of ${plural(agents.length, 'agent')} up.`
}

function NoAgents() {
  return (
    <EmptyState
      title="No agents yet"
      action={
        <ButtonLink to="/agents/new" look="primary">
          Add an agent
        </ButtonLink>
      }
    >
      An agent is a program that works for you and reports what it does: its status, its heartbeat and its activity, by the API. Add it
      here, then let it post to <code className="font-mono text-sm">/api/v1/agents/activity</code>.
    </EmptyState>
  )
}
