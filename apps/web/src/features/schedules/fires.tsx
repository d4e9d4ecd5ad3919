import type { PreviewSchedule } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { ErrorState, Skeleton } from '../../components/ui/states.tsx'
import { ApiError } from '../../lib/api-error.ts'
import { exact, relative, viewerZone } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'
import { scheduleQueries } from './schedule.queries.ts'
import { inZone } from './schedule-words.tsx'
import { useSettled } from './use-settled.ts'

const shown = 10

/** Asks the scheduler for the next ten fires, a moment after the last key was pressed. */
export function useFires(when: PreviewSchedule | null) {
  const settled = useSettled(when)
  const query = useQuery({
    ...scheduleQueries.preview({ ...settled, count: shown }),
    enabled: settled !== null,
    placeholderData: (before) => before,
  })
  return { settled, query, refusal: settled === null ? null : query.error }
}

/** The next ten fires as the scheduler itself reckons them, by its clock and by the viewer's. */
export function Fires({ fires: { settled, query } }: { fires: ReturnType<typeof useFires> }) {
  const { data, error, isFetching, refetch } = query
  if (settled === null) return <p className="text-sm text-ink-3">Say when, and the next ten fires appear here.</p>
  if (error instanceof ApiError && error.status === 422)
    return <p className="text-sm text-ink-3">The next ten fires appear here once this can be understood.</p>
  if (error) return <ErrorState compact what="The fires could not be reckoned" error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton className="h-60 w-full" />
  if (data.fires.length === 0) return <p className="text-sm text-blocked">This never fires.</p>
  return <FireList fires={data.fires} timezone={settled.timezone ?? 'UTC'} dim={isFetching} />
}

type Fire = { at: string; localTime: string; note?: string }

function FireList({ fires, timezone, dim }: { fires: Fire[]; timezone: string; dim: boolean }) {
  const now = useNow(1000)
  const here = viewerZone()
  const coming = fires.filter((fire) => Date.parse(fire.at) > now)
  return (
    <ol aria-label="Next fires" aria-busy={dim} className="divide-y divide-line rounded-md border border-line text-sm">
      {coming.map((fire) => (
        <li key={fire.at} className="flex min-h-8 flex-wrap items-center gap-x-3 px-3 py-1">
          <time dateTime={fire.at} title={exact(fire.at)} className="tnum font-mono text-xs">
            {localWords(fire.localTime)}
          </time>
          {here !== timezone && <span className="tnum text-xs text-ink-3">{inZone(fire.at, here)} here</span>}
          <span className="tnum ml-auto text-xs text-ink-3">{relative(fire.at, now)}</span>
          {fire.note && <span className="w-full text-xs text-blocked">{fire.note}</span>}
        </li>
      ))}
    </ol>
  )
}

/** `2026-11-21T09:30:00+01:00` as it is read: date, time, and how far from UTC. */
const localWords = (localTime: string) => localTime.replace('T', ' ').replace(/([+-]\d\d:\d\d)$/, ' $1')
