import type { Health } from '@orrery/shared-types'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from 'react-router'
import { Freshness } from '../../components/ui/freshness.tsx'
import { Card } from '../../components/ui/page.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { PartStateBadge } from '../../features/system/part-state.tsx'

const parts = [
  ['database', 'Database'],
  ['redis', 'Redis'],
  ['worker', 'Worker'],
  ['websocket', 'Live events'],
  ['memoryMcp', 'Memory'],
] as const

export function HealthTile({ query }: { query: UseQueryResult<Health> }) {
  return (
    <Card
      title={
        <Link to="/system" className="hover:underline">
          Is the installation well?
        </Link>
      }
      aside={<Freshness updatedAt={query.dataUpdatedAt} />}
    >
      {query.isPending && <SkeletonRows rows={5} label="Loading health" />}
      {query.error && <ErrorState compact what="Unknown" error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && !query.error && (
        <ul className="divide-y divide-line">
          {parts.map(([key, name]) => (
            <li key={key} className="row-h flex items-center justify-between px-4 text-sm">
              {name}
              <PartStateBadge state={query.data[key]} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
