import type { Queue, QueueList } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { ChooseProject } from '../../components/ui/choose-project.tsx'
import { EmptyState } from '../../components/ui/states.tsx'
import { type Column, Table } from '../../components/ui/table.tsx'
import { Ago, At } from '../../components/ui/time.tsx'
import { duration } from '../../lib/format.ts'
import { wholeListing } from '../../lib/pages.ts'
import { Bells } from './bells.tsx'
import { ProjectLimit } from './project-limit.tsx'
import { queueQueries } from './queue.queries.ts'
import { QueueFrame } from './queue-frame.tsx'
import { QueueState } from './queue-state.tsx'
import { queuesSentence } from './queue-words.ts'
import { type QueueScope, useQueueScope } from './use-queue-scope.ts'

/** How the queues of steps stand, of one project or of the installation. */
export function QueuesPage() {
  const scope = useQueueScope()
  const { name } = useParams()
  const query = useQuery({ ...queueQueries.list(scope.projectId), enabled: scope.isKnown })
  const listing = wholeListing(query, (list: QueueList) => list.items)
  if (!scope.isKnown) {
    return (
      <QueueFrame tab="queues" answer={null}>
        <ChooseProject what="Steps wait in the queues of their project until a worker takes them. Choose whose you want to see." />
      </QueueFrame>
    )
  }
  return (
    <QueueFrame
      tab="queues"
      answer={query.data && queuesSentence(query.data)}
      below={
        query.data && scope.projectId === null && <Bells bells={query.data.bells} updatedAt={listing.updatedAt} isStale={listing.isStale} />
      }
    >
      {query.data?.project && <ProjectLimit whole={query.data.project} search={searchOf(scope)} />}
      <Table
        bare
        label="Queues"
        columns={columnsOf(scope)}
        listing={listing}
        rowKey={(row) => row.name}
        rowTo={(row) => `/queues/${row.name}${searchOf(scope)}`}
        selected={name}
        empty={<EmptyState title="No queues">There are no queues to show.</EmptyState>}
      />
    </QueueFrame>
  )
}

const searchOf = ({ projectId }: QueueScope) => (projectId === null ? '' : `?projectId=${projectId}`)
const count = (n: number) => <span className={n === 0 ? 'text-ink-3' : ''}>{n.toLocaleString('en')}</span>

function columnsOf(scope: QueueScope): Column<Queue>[] {
  return [
    {
      key: 'name',
      header: 'Queue',
      grow: true,
      cell: (queue) => (
        <code className="font-mono text-xs font-medium" title={queue.name}>
          {queue.name}
        </code>
      ),
    },
    { key: 'state', header: 'State', cell: (queue) => <State queue={queue} /> },
    { key: 'ready', header: 'Ready', right: true, cell: (queue) => count(queue.ready) },
    {
      key: 'oldest',
      header: 'Oldest waits',
      hideBelow: 'md',
      right: true,
      cell: (queue) => (queue.oldestAgeMs === null ? <span className="text-ink-3">–</span> : duration(queue.oldestAgeMs)),
    },
    { key: 'running', header: 'Running', hideBelow: 'sm', right: true, cell: (queue) => <Running queue={queue} /> },
    { key: 'later', header: 'Retry later', hideBelow: 'lg', right: true, cell: (queue) => count(queue.scheduled) },
    { key: 'workers', header: 'Workers', hideBelow: 'md', right: true, cell: (queue) => count(queue.workers) },
    { key: 'seen', header: 'Last seen', hideBelow: 'xl', right: true, cell: (queue) => <Ago at={queue.lastSeenAt} fallback="never" /> },
    { key: 'dead', header: 'Dead letters', hideBelow: 'sm', right: true, cell: (queue) => <DeadCount queue={queue} scope={scope} /> },
  ]
}

function State({ queue }: { queue: Queue }) {
  return (
    <span className="inline-flex items-center gap-2">
      <QueueState queue={queue} />
      {queue.pausedAt !== null && (
        <span className="text-xs text-ink-3 @max-[54rem]:hidden">
          since <At at={queue.pausedAt} />
        </span>
      )}
    </span>
  )
}

function Running({ queue: { running, limit } }: { queue: Queue }) {
  return (
    <>
      {count(running)}
      {limit !== null && <span className="text-ink-2"> / {limit.toLocaleString('en')}</span>}
    </>
  )
}

/** A link of its own above that of the row. */
function DeadCount({ queue, scope }: { queue: Queue; scope: QueueScope }) {
  if (queue.deadLetters === 0) return count(0)
  const search = new URLSearchParams({ queue: queue.name, ...(scope.projectId && { projectId: scope.projectId }) })
  return (
    <Link
      to={`/queues/dead-letters?${search}`}
      className="link relative z-10 inline-block px-1"
      aria-label={`${queue.deadLetters} dead letters of ${queue.name}`}
    >
      {queue.deadLetters.toLocaleString('en')}
    </Link>
  )
}
