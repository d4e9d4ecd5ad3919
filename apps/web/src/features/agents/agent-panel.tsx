import type { Activity, Agent } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { Field, Select } from '../../components/ui/field.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { Panel } from '../../components/ui/panel.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { Ago } from '../../components/ui/time.tsx'
import { useListing } from '../../lib/pages.ts'
import { useProjectName } from '../../lib/project-scope.ts'
import { agentQueries, useSetAgentStatus } from './agent.queries.ts'
import { AgentStatusBadge, agentStatuses, statusOrder } from './agent-status.tsx'

export function AgentPanel() {
  const { agentId = '' } = useParams()
  const navigate = useNavigate()
  const { data, error, isPending, refetch } = useQuery(agentQueries.detail(agentId))
  return (
    <Panel title={data?.name ?? 'Agent'} label="Agent" onClose={() => void navigate('/agents')}>
      {isPending ? (
        <SkeletonRows rows={6} />
      ) : data ? (
        <Detail agent={data} />
      ) : (
        <ErrorState compact what="The agent could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  )
}

function Detail({ agent }: { agent: Agent }) {
  const projectName = useProjectName()
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm [&_dt]:text-ink-3">
        <dt>Status</dt>
        <dd>
          <AgentStatusBadge status={agent.status} />
        </dd>
        <dt>Type</dt>
        <dd className="break-words">{agent.type}</dd>
        <dt>Last seen</dt>
        <dd>
          <Ago at={agent.lastSeenAt} fallback="never" />
        </dd>
        <dt>Executions</dt>
        <dd className="tnum">
          {agent.metrics.executions.toLocaleString('en')}, {agent.metrics.failed.toLocaleString('en')} failed
        </dd>
        <dt>Projects</dt>
        <dd>{agent.projectIds.length === 0 ? 'none' : agent.projectIds.map(projectName).join(', ')}</dd>
        <dt>Capabilities</dt>
        <dd className="flex flex-wrap gap-1">
          {agent.capabilities.length === 0 && 'none'}
          {agent.capabilities.map((word) => (
            <span key={word} className="rounded-sm bg-raised px-1.5 text-xs leading-5">
              {word}
            </span>
          ))}
        </dd>
      </dl>
      <SetStatus agent={agent} />
      <ActivityList agentId={agent.id} />
    </div>
  )
}

function SetStatus({ agent }: { agent: Agent }) {
  const set = useSetAgentStatus()
  const change = (word: string) => {
    const status = statusOrder.find((one) => one === word)
    if (!status) return
    const before = agent.status
    set.mutate(
      { id: agent.id, status },
      {
        onSuccess: () =>
          announce(`${agent.name} is ${agentStatuses[status].word.toLowerCase()}`, {
            label: 'Undo',
            onClick: () => set.mutate({ id: agent.id, status: before }),
          }),
        onError: (error) => announceFailure('The status was not changed', error),
      },
    )
  }
  return (
    <Field label="Set status" help="The agent’s next heartbeat may change it again">
      <Select value={agent.status} disabled={set.isPending} onChange={(event) => change(event.target.value)}>
        {statusOrder.map((status) => (
          <option key={status} value={status}>
            {agentStatuses[status].word}
          </option>
        ))}
      </Select>
    </Field>
  )
}

function ActivityList({ agentId }: { agentId: string }) {
  const listing = useListing(agentQueries.activity(agentId))
  return (
    <section aria-label="Activity" className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">Activity</h3>
      {listing.isPending && <SkeletonRows rows={4} label="Loading activity" />}
      {listing.error && <ErrorState compact what="The activity could not be loaded" error={listing.error} onRetry={listing.retry} />}
      {!listing.isPending && !listing.error && listing.rows.length === 0 && (
        <p className="text-sm text-ink-3">It has reported nothing yet.</p>
      )}
      <ol className="divide-y divide-line">
        {listing.rows.map((activity) => (
          <Line key={activity.id} activity={activity} />
        ))}
      </ol>
      {listing.hasMore && (
        <Button size="sm" look="quiet" busy={listing.isLoadingMore} onClick={listing.loadMore}>
          Show more
        </Button>
      )}
    </section>
  )
}

function Line({ activity }: { activity: Activity }) {
  const hasDetails = Object.keys(activity.details).length > 0
  return (
    <li className="flex flex-col gap-0.5 py-2 text-sm">
      <div className="flex items-baseline gap-3">
        <span className="min-w-0 flex-1 font-medium break-words">{activity.action}</span>
        <span className="text-xs text-ink-3">
          <Ago at={activity.occurredAt} />
        </span>
      </div>
      {hasDetails && <code className="line-clamp-2 font-mono text-xs break-all text-ink-3">{JSON.stringify(activity.details)}</code>}
      {activity.runId && (
        <Link to={`/runs/${activity.runId}`} className="w-fit text-xs link">
          See the run
        </Link>
      )}
    </li>
  )
}
