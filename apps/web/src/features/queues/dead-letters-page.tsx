import type { DeadLetter, Id } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearchParams } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { EmptyState } from '../../components/ui/states.tsx'
import { type Column, Table } from '../../components/ui/table.tsx'
import { Ago } from '../../components/ui/time.tsx'
import { useAddressProject, withSearch } from '../../lib/address-project.ts'
import { plural } from '../../lib/format.ts'
import { type Listing, useListing } from '../../lib/pages.ts'
import { useCanOperate } from '../../lib/project-scope.ts'
import { LetterFilters, useLetterFilters } from './letter-filters.tsx'
import { queueQueries, useRedriveProject, useRedriveQueue } from './queue.queries.ts'
import { QueueFrame } from './queue-frame.tsx'
import { LetterState } from './queue-state.tsx'
import { codeWords, redrivenSentence, stepName } from './queue-words.ts'
import { useQueueScope } from './use-queue-scope.ts'

const columns: Column<DeadLetter>[] = [
  {
    key: 'step',
    header: 'Step',
    grow: true,
    cell: (letter) => (
      <span title={`${letter.workflowName} · ${stepName(letter)}`}>
        <span className="font-medium">{letter.workflowName}</span> <code className="font-mono text-xs text-ink-2">{stepName(letter)}</code>
      </span>
    ),
  },
  { key: 'state', header: 'State', hideBelow: 'sm', cell: (letter) => <LetterState letter={letter} /> },
  { key: 'why', header: 'Why', cell: (letter) => codeWords[letter.code].word },
  {
    key: 'queue',
    header: 'Queue',
    hideBelow: 'md',
    cell: (letter) => <code className="block max-w-40 truncate font-mono text-xs text-ink-2">{letter.queue}</code>,
  },
  {
    key: 'message',
    header: 'Error',
    hideBelow: 'xl',
    cell: (letter) => (
      <span className="block max-w-80 truncate text-ink-2" title={letter.message}>
        {letter.message}
      </span>
    ),
  },
  { key: 'attempt', header: 'Attempt', hideBelow: 'lg', right: true, cell: (letter) => letter.attempt.toLocaleString('en') },
  { key: 'at', header: 'Given up', right: true, cell: (letter) => <Ago at={letter.at} /> },
]

/** Steps that the engine gave up, to be started again or put away. */
export function DeadLettersPage() {
  const filters = useLetterFilters()
  const projectId = useAddressProject({ orOnly: false })
  const { letterId } = useParams()
  const [search] = useSearchParams()
  const listing = useListing(queueQueries.deadLetters({ projectId: projectId ?? undefined, queue: filters.queue, state: filters.state }))
  const isKnown = !listing.isPending && listing.error === null
  return (
    <QueueFrame
      tab="dead-letters"
      answer={isKnown ? lettersSentence(listing, filters) : null}
      actions={filters.state === 'open' && listing.rows.length > 0 && <RedriveAll queue={filters.queue} />}
    >
      <LetterFilters filters={filters} seen={listing.rows.map((letter) => letter.queue)} />
      <Table
        bare
        label="Dead letters"
        columns={columns}
        listing={listing}
        rowKey={(row) => row.id}
        rowTo={(row) => `/queues/dead-letters/${row.id}${withSearch(search, {})}`}
        selected={letterId}
        empty={<NoLetters isNarrowed={filters.isNarrowed} onClear={filters.clear} />}
      />
    </QueueFrame>
  )
}

function lettersSentence({ rows, hasMore }: Listing<DeadLetter>, { state, queue }: ReturnType<typeof useLetterFilters>): string {
  const where = queue === undefined ? '' : ` in ${queue}`
  if (rows.length === 0) return state === 'open' ? `Nothing is given up${where}.` : `None ${state}${where}.`
  const count = `${hasMore ? 'More than ' : ''}${plural(rows.length, 'step')}`
  if (state !== 'open') return `${count} ${state}${where}.`
  return `${count} given up${where}, open until redriven or dismissed.`
}

/** All of the project's, or those of one of its queues. */
function RedriveAll({ queue }: { queue: string | undefined }) {
  const projectId = useAddressProject()
  const may = useCanOperate(projectId ?? '')
  if (projectId === null || !may) return null
  return <RedriveButton projectId={projectId} queue={queue} />
}

function RedriveButton({ projectId, queue }: { projectId: Id<'project'>; queue: string | undefined }) {
  const ofQueue = useRedriveQueue()
  const ofProject = useRedriveProject()
  // how many there are is counted per queue, and only where one may look at the queues
  const { projectId: scope, isKnown } = useQueueScope()
  const { data } = useQuery({ ...queueQueries.list(scope), enabled: isKnown && scope === projectId })
  const counted = data?.items.filter((each) => queue === undefined || each.name === queue).reduce((sum, each) => sum + each.deadLetters, 0)
  const answers = {
    onSuccess: (redriven: Parameters<typeof redrivenSentence>[0]) => announce(redrivenSentence(redriven)),
    onError: (error: Error) => announceFailure('Nothing was redriven', error),
  }
  const run = () => (queue === undefined ? ofProject.mutate(projectId, answers) : ofQueue.mutate({ name: queue, projectId }, answers))
  return (
    <Button look="primary" busy={ofQueue.isPending || ofProject.isPending} onClick={run}>
      Redrive all{counted === undefined ? '' : ` ${counted.toLocaleString('en')}`}
      {queue !== undefined && ` of ${queue}`}
    </Button>
  )
}

function NoLetters({ isNarrowed, onClear }: { isNarrowed: boolean; onClear: () => void }) {
  if (isNarrowed) {
    return (
      <EmptyState title="No dead letter fits these filters" action={<Button onClick={onClear}>Clear filters</Button>}>
        There may be some of another queue, or in another state.
      </EmptyState>
    )
  }
  return (
    <EmptyState title="No dead letters">
      A step lands here when the engine gives it up rather than its own code: three workers were lost while they ran it, its queue was
      drained, or its result could not be kept. It stays, with its error and last log lines, until somebody redrives or dismisses it. A step
      that fails by its own error shows in its run instead.
    </EmptyState>
  )
}
