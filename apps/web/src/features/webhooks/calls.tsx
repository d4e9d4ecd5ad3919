import type { HookCall } from '@orrery/shared-types'
import { Check, SquareX } from 'lucide-react'
import { Link } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { Freshness } from '../../components/ui/freshness.tsx'
import { Mark } from '../../components/ui/mark.tsx'
import { ErrorState, Skeleton } from '../../components/ui/states.tsx'
import { At } from '../../components/ui/time.tsx'
import { useListing } from '../../lib/pages.ts'
import { hookQueries } from './hook.queries.ts'
import { reasonWord } from './hook-words.ts'

/** What came in, the latest first. */
export function Calls({ hookId }: { hookId: string }) {
  const listing = useListing(hookQueries.calls(hookId))
  if (listing.isPending) return <Skeleton className="h-32 w-full" />
  if (listing.error) return <ErrorState compact what="The calls could not be loaded" error={listing.error} onRetry={listing.retry} />
  if (listing.rows.length === 0)
    return <p className="text-sm text-ink-3">Nobody has called yet. Each call is kept here: the run it started, or why it was refused.</p>
  return (
    <div className="rounded-md border border-line text-sm">
      <ol aria-label="Calls" className="divide-y divide-line">
        {listing.rows.map((call) => (
          <Call key={call.id} call={call} />
        ))}
      </ol>
      <div className="flex min-h-9 items-center justify-between gap-3 border-t border-line px-3">
        {listing.hasMore ? (
          <Button size="sm" look="quiet" busy={listing.isLoadingMore} onClick={listing.loadMore}>
            Show more
          </Button>
        ) : (
          <span className="tnum text-xs text-ink-3">{listing.rows.length} in all</span>
        )}
        <Freshness updatedAt={listing.updatedAt} />
      </div>
    </div>
  )
}

function Call({ call }: { call: HookCall }) {
  return (
    <li className="flex min-h-8 flex-wrap items-center gap-x-3 px-3 py-1">
      {call.outcome === 'accepted' ? (
        <Mark Icon={Check} word="Accepted" ink="text-done" />
      ) : (
        <Mark Icon={SquareX} word="Refused" ink="text-failed" />
      )}
      <At at={call.at} />
      <span className="text-ink-2">{reasonWord(call.reason)}</span>
      {call.runId && (
        <Link to={`/runs/${call.runId}`} className="link ml-auto" aria-label={`See the run of ${call.at}`}>
          See the run
        </Link>
      )}
      {call.detail !== null && <span className="w-full pb-0.5 text-xs text-ink-3">{call.detail}</span>}
    </li>
  )
}
