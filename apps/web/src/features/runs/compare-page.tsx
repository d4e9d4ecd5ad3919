import type { Id, RunComparison } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearchParams } from 'react-router'
import { Page } from '../../components/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { duration, plural, shortRunId } from '../../lib/format.ts'
import { CompareSteps } from './compare-steps.tsx'
import { runQueries } from './run.queries.ts'

/** A run beside the one it came from, or any other: the other on the left, as what was before. */
export function ComparePage() {
  const { runId = '' } = useParams()
  const [search] = useSearchParams()
  const other = search.get('with') ?? ''
  const { data, error, isPending, refetch } = useQuery({ ...runQueries.comparison(other, runId), enabled: other !== '' })
  if (other === '')
    return (
      <Page title="Compare runs">
        <EmptyState title="Nothing to compare with">
          A comparison stands at the address of a run with another one named in it, as a run that was retried, replayed or forked links it.
        </EmptyState>
      </Page>
    )
  if (isPending) return <SkeletonRows isPage rows={8} label="Loading the comparison" />
  if (!data) return <ErrorState isPage what="The runs could not be compared" error={error} onRetry={() => void refetch()} />
  return (
    <Page title="Compare runs" answer={answer(data)}>
      <Totals comparison={data} />
      <CompareSteps steps={data.steps} names={{ left: 'Origin', right: 'This run' }} />
    </Page>
  )
}

/** What came out otherwise, in a sentence. */
function answer({ steps, sameOutput, sameInput, sameVersion }: RunComparison): string {
  const differing = steps.filter((step) => !step.sameOutput || !step.sameStatus)
  const why = [...(sameInput ? [] : ['other input']), ...(sameVersion ? [] : ['another version'])].join(' and ')
  const given = why === '' ? 'With the same input and version' : `With ${why}`
  if (differing.length === 0) return `${given}, every step gave the same${sameOutput ? '' : ', but the output of the run differs'}.`
  return `${given}, ${plural(differing.length, 'step')} of ${steps.length} came out differently.`
}

function Totals({ comparison: { left, right, durationMs, costUsd } }: { comparison: RunComparison }) {
  const hasCost = costUsd.left !== null || costUsd.right !== null
  return (
    <dl className="grid gap-3 sm:grid-cols-2">
      <Total name="Origin" id={left} ms={durationMs.left} cost={hasCost ? costUsd.left : undefined} />
      <Total name="This run" id={right} ms={durationMs.right} cost={hasCost ? costUsd.right : undefined} />
    </dl>
  )
}

type TotalProps = { name: string; id: Id<'run'>; ms: number | null; cost: number | null | undefined }

function Total({ name, id, ms, cost }: TotalProps) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1 rounded-md border border-line bg-surface px-4 py-2 text-sm">
      <dt className="font-medium">{name}</dt>
      <dd>
        <Link to={`/runs/${id}`} className="link font-mono text-xs" title={id}>
          {shortRunId(id)}
        </Link>
      </dd>
      <dd className="tnum ml-auto text-ink-2">
        {ms === null ? 'not ended' : duration(ms)}
        {cost !== undefined && ` · ${cost === null ? 'cost unknown' : `${cost.toFixed(4)} US$`}`}
      </dd>
    </div>
  )
}
