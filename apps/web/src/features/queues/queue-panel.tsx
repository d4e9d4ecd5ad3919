import type { Id, Queue } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { Freshness } from '../../components/ui/freshness.tsx'
import { Panel } from '../../components/ui/panel.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { Ago, At } from '../../components/ui/time.tsx'
import { duration } from '../../lib/format.ts'
import { useCanManage, useCanOperate } from '../../lib/project-scope.ts'
import { useSession } from '../../lib/session.ts'
import { LimitForm } from './limit-form.tsx'
import { queueQueries } from './queue.queries.ts'
import { QueueActions } from './queue-actions.tsx'
import { anyQueue, findQueue, isBuiltIn, nameInAddress, type PanelQueue, type Rights } from './queue-names.ts'
import { QueueState } from './queue-state.tsx'
import { useQueueScope } from './use-queue-scope.ts'

/** One queue, or all of a project together: how it stands, and what may be done about it. */
export function QueuePanel() {
  const name = nameInAddress(useParams()['name'] ?? '')
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const { projectId, isKnown } = useQueueScope()
  const { data, error, isPending, isError, refetch, dataUpdatedAt } = useQuery({ ...queueQueries.list(projectId), enabled: isKnown })
  const may = useRights(projectId, name)
  const queue = data && findQueue(data, name, projectId)
  const close = () => void navigate({ pathname: '/queues', search: search.toString() })
  if (!isKnown) return null
  return (
    <Panel
      title={name === anyQueue ? 'All queues of the project' : <code className="font-mono text-sm">{name}</code>}
      label="Queue"
      onClose={close}
      foot={queue && (may.set || may.redrive) && <QueueActions key={name} queue={queue} may={may} />}
    >
      {isPending ? (
        <SkeletonRows rows={6} />
      ) : !data ? (
        <ErrorState compact what="The queue could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : queue ? (
        <div className="flex flex-col gap-5">
          <Facts queue={queue} />
          {may.set && <LimitForm key={name} queue={queue} />}
          <Note queue={queue} />
          <Freshness updatedAt={dataUpdatedAt} isStale={isError} />
        </div>
      ) : (
        <EmptyState title="Nothing is known of this queue">
          A queue shows here once a step names it by <code className="font-mono text-xs">uses: queue:name</code>, or a worker takes from it.
        </EmptyState>
      )}
    </Panel>
  )
}

/** Managers for their project; administrators for what all share. */
function useRights(projectId: Id<'project'> | null, name: string): Rights {
  const isAdmin = useSession((session) => session.user?.role === 'admin')
  const manages = useCanManage(projectId ?? '')
  const operates = useCanOperate(projectId ?? '')
  if (projectId === null) return { set: isAdmin && isBuiltIn(name), drain: false, redrive: false }
  return { set: manages, drain: manages && name !== anyQueue, redrive: operates }
}

function Facts({ queue }: { queue: PanelQueue }) {
  const { whole, pausedAt, running, limit } = queue
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm [&_dt]:text-ink-3">
      {whole && (
        <>
          <dt>State</dt>
          <dd>
            <QueueState queue={whole} />
          </dd>
        </>
      )}
      <dt>Paused</dt>
      <dd>
        {pausedAt === null ? (
          'no'
        ) : (
          <>
            since <At at={pausedAt} />
          </>
        )}
      </dd>
      <dt>Running</dt>
      <dd className="tnum">
        {running.toLocaleString('en')}
        {limit === null ? ', no limit' : ` of at most ${limit.toLocaleString('en')}`}
      </dd>
      {whole && <MoreFacts queue={whole} />}
    </dl>
  )
}

function MoreFacts({ queue }: { queue: Queue }) {
  const search = new URLSearchParams({ queue: queue.name, ...(queue.projectId && { projectId: queue.projectId }) })
  return (
    <>
      <dt>Ready</dt>
      <dd className="tnum">{queue.ready.toLocaleString('en')}</dd>
      <dt>Oldest waits</dt>
      <dd>
        {queue.oldestReadyAt === null || queue.oldestAgeMs === null ? (
          'none waits'
        ) : (
          <>
            {duration(queue.oldestAgeMs)}, since <At at={queue.oldestReadyAt} />
          </>
        )}
      </dd>
      <dt>Retry later</dt>
      <dd className="tnum">{queue.scheduled.toLocaleString('en')}</dd>
      <dt>Workers</dt>
      <dd>
        <span className="tnum">{queue.workers.toLocaleString('en')}</span>, last seen <Ago at={queue.lastSeenAt} fallback="never" />
      </dd>
      <dt>Dead letters</dt>
      <dd>
        <Link to={`/queues/dead-letters?${search}`} className="link tnum">
          {queue.deadLetters === 0 ? 'none open' : `${queue.deadLetters.toLocaleString('en')} open`}
        </Link>
      </dd>
    </>
  )
}

function Note({ queue: { name, projectId } }: { queue: PanelQueue }) {
  if (projectId !== null) return null
  return (
    <p className="text-sm text-ink-3">
      {isBuiltIn(name)
        ? 'Counted over the installation. What is set here holds for every project. To drain or redrive, choose a project.'
        : 'Counted over the installation. This queue is each project’s own: choose a project to change it.'}
    </p>
  )
}
