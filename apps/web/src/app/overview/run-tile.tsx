import type { RunSummary } from '@orrery/shared-types'
import { Link } from 'react-router'
import { Freshness } from '../../components/ui/freshness.tsx'
import { Card } from '../../components/ui/page.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { StatusGlyph } from '../../components/ui/status.tsx'
import { Ago, Took } from '../../components/ui/time.tsx'
import { runSentence } from '../../features/runs/run-words.ts'

type RunTileProps = {
  title: string
  query: { error: Error | null; dataUpdatedAt: number; refetch: () => unknown }
  rows: RunSummary[] | undefined
  to: string
  empty: string
  count?: string | undefined
}

export function RunTile({ title, query, rows, to, empty, count }: RunTileProps) {
  return (
    <Card
      title={
        <Link to={to} className="hover:underline">
          {title}
          {count !== undefined && <span className="tnum font-normal text-ink-3"> · {count}</span>}
        </Link>
      }
      aside={<Freshness updatedAt={query.dataUpdatedAt} />}
    >
      {rows ? (
        <Rows rows={rows} empty={empty} />
      ) : query.error ? (
        <ErrorState compact what="Unknown" error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows rows={3} label={`Loading: ${title}`} />
      )}
    </Card>
  )
}

function Rows({ rows, empty }: { rows: RunSummary[]; empty: string }) {
  if (rows.length === 0) return <p className="px-4 py-3 text-sm text-ink-3">{empty}</p>
  return (
    <ul className="divide-y divide-line">
      {rows.map((run) => (
        <li key={run.id} className="row-h relative flex items-center gap-3 px-4 text-sm hover:bg-hover">
          <StatusGlyph status={run.status} label />
          <Link
            to={`/runs/${run.id}`}
            data-row-link
            className="min-w-0 shrink truncate font-medium after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
            title={run.workflowName}
          >
            {run.workflowName}
          </Link>
          <span className="min-w-0 flex-1 truncate text-ink-3">
            {run.error ? run.error.message : run.status === 'done' ? '' : runSentence(run)}
          </span>
          <span className="text-ink-3 max-sm:hidden">
            <Ago at={run.endedAt ?? run.createdAt} />
          </span>
          <span className="w-20 shrink-0 text-right">
            <Took from={run.startedAt} to={run.endedAt} ms={run.durationMs} />
          </span>
        </li>
      ))}
    </ul>
  )
}
