import type { Schedule } from '@orrery/shared-types'
import { Link } from 'react-router'
import { Freshness } from '../../components/ui/freshness.tsx'
import { Card } from '../../components/ui/page.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { Until } from '../../components/ui/time.tsx'
import type { Listing } from '../../lib/pages.ts'

const shown = 8

export function NextFires({ listing }: { listing: Listing<Schedule> }) {
  const next = listing.rows
    .filter((schedule) => schedule.nextFireAt !== null)
    .toSorted((a, b) => (a.nextFireAt ?? '').localeCompare(b.nextFireAt ?? ''))
    .slice(0, shown)
  return (
    <Card
      title={
        <Link to="/schedules" className="hover:underline">
          What fires next
        </Link>
      }
      aside={<Freshness updatedAt={listing.updatedAt} />}
    >
      {listing.isPending && <SkeletonRows rows={3} label="Loading schedules" />}
      {listing.error && <ErrorState compact what="Unknown" error={listing.error} onRetry={listing.retry} />}
      {!listing.isPending && !listing.error && next.length === 0 && (
        <p className="px-4 py-3 text-sm text-ink-3">
          No schedule is active.{' '}
          <Link to="/schedules/new" className="link">
            Create one
          </Link>
        </p>
      )}
      <ul className="divide-y divide-line">
        {next.map((schedule) => (
          <li key={schedule.id} className="row-h relative flex items-center gap-3 px-4 text-sm hover:bg-hover">
            <Link
              to={`/schedules/${schedule.id}`}
              className="min-w-0 flex-1 truncate font-medium after:absolute after:inset-0"
              title={schedule.workflowName}
            >
              {schedule.workflowName}
            </Link>
            {schedule.nextFireAt && <Until at={schedule.nextFireAt} />}
          </li>
        ))}
      </ul>
    </Card>
  )
}
