import type { DeadLetter } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { Panel } from '../../components/ui/panel.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { At } from '../../components/ui/time.tsx'
import { shortRunId } from '../../lib/format.ts'
import { useCanOperate, useProjectName } from '../../lib/project-scope.ts'
import { LetterActions } from './letter-actions.tsx'
import { queueQueries } from './queue.queries.ts'
import { LetterState } from './queue-state.tsx'
import { codeWords, stateOf, stepName } from './queue-words.ts'

/** One step that was given up: why, what it said last, and what can be done. */
export function DeadLetterPanel() {
  const { letterId = '' } = useParams()
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const { data, error, isPending, refetch } = useQuery(queueQueries.deadLetter(letterId))
  const mayOperate = useCanOperate(data?.projectId ?? '')
  const close = () => void navigate({ pathname: '/queues/dead-letters', search: search.toString() })
  return (
    <Panel
      title={data ? `${data.workflowName} · ${stepName(data)}` : 'Dead letter'}
      label="Dead letter"
      onClose={close}
      foot={data && mayOperate && stateOf(data) === 'open' && <LetterActions letter={data} onDismissed={close} />}
    >
      {isPending ? (
        <SkeletonRows rows={6} />
      ) : data ? (
        <Facts letter={data} />
      ) : (
        <ErrorState compact what="The dead letter could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  )
}

function Facts({ letter }: { letter: DeadLetter }) {
  const projectName = useProjectName()
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm [&_dt]:text-ink-3">
        <dt>State</dt>
        <dd>
          <LetterState letter={letter} />
          {letter.redrivenAt !== null && <When at={letter.redrivenAt} />}
          {letter.dismissedAt !== null && <When at={letter.dismissedAt} />}
        </dd>
        <dt>Given up</dt>
        <dd>
          <At at={letter.at} />
          <span className="tnum">{letter.attempt === 0 ? ', before its first attempt' : `, in attempt ${letter.attempt}`}</span>
        </dd>
        <dt>Queue</dt>
        <dd>
          <Link to={`/queues/${letter.queue}?projectId=${letter.projectId}`} className="link font-mono text-xs">
            {letter.queue}
          </Link>
        </dd>
        <dt>Project</dt>
        <dd>{projectName(letter.projectId)}</dd>
        <dt>Run</dt>
        <dd>
          <Link to={`/runs/${letter.runId}?step=${letter.id}`} className="link" title={letter.runId}>
            {shortRunId(letter.runId)}
          </Link>
        </dd>
        {letter.redrivenRunId !== null && (
          <>
            <dt>Run in its place</dt>
            <dd>
              <Link to={`/runs/${letter.redrivenRunId}`} className="link" title={letter.redrivenRunId}>
                {shortRunId(letter.redrivenRunId)}
              </Link>
            </dd>
          </>
        )}
      </dl>
      <Part title={`${codeWords[letter.code].word}: what it means`}>
        <p className="text-sm text-ink-2">{codeWords[letter.code].why}</p>
        <p className="rounded-md bg-failed-tint px-3 py-2 text-sm whitespace-pre-wrap text-failed">{letter.message}</p>
      </Part>
      <Part title="Last log lines">
        <Lines lines={letter.lastLines} />
      </Part>
    </div>
  )
}

const When = ({ at }: { at: string }) => (
  <span className="ml-2 text-ink-2">
    <At at={at} />
  </span>
)

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">{title}</h3>
      {children}
    </section>
  )
}

function Lines({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return <p className="text-sm text-ink-3">It wrote none.</p>
  return (
    <pre
      tabIndex={0}
      role="group"
      aria-label="Last log lines"
      className="max-h-72 overflow-auto rounded-md border border-line bg-canvas p-3 font-mono text-xs leading-5 whitespace-pre-wrap"
    >
      {lines.join('\n')}
    </pre>
  )
}
