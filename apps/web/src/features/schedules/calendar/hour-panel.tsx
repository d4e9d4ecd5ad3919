import type { Schedule } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { Button } from '../../../components/ui/button.tsx'
import { Panel } from '../../../components/ui/panel.tsx'
import { ErrorState, Skeleton } from '../../../components/ui/states.tsx'
import { At } from '../../../components/ui/time.tsx'
import { withSearch } from '../../../lib/address-project.ts'
import { exact, viewerZone } from '../../../lib/format.ts'
import { useListing } from '../../../lib/pages.ts'
import { useNow } from '../../../lib/use-now.ts'
import { Tick } from '../ledger.tsx'
import { type Span, scheduleQueries } from '../schedule.queries.ts'
import { inZone } from '../schedule-words.tsx'
import { dayText, hourText } from './calendar-words.ts'
import { dayName, type Slot, slotAt } from './days.ts'
import { type CalendarPlace, forecastSpan } from './use-calendar.ts'

type HourProps = { projectId: string; place: CalendarPlace; schedules: readonly Schedule[] }

/** One hour, tick by tick. */
export function HourPanel({ projectId, place, schedules }: HourProps) {
  const navigate = useNavigate()
  const at = Date.parse(place.search.get('at') ?? '')
  const slot = Number.isNaN(at) ? null : slotAt(at)
  if (slot === null) return null
  const scheduleId = place.search.get('scheduleId') ?? undefined
  const close = () => void navigate({ search: withSearch(place.search, { at: null, scheduleId: null }) })
  const day = dayName(new Date(slot.from))
  const one = schedules.find((schedule) => schedule.id === scheduleId)
  return (
    <Panel title={`${dayText(day)}, ${hourText(slot.from)} to ${hourText(slot.to)}`} label="One hour" onClose={close}>
      <div className="flex flex-col gap-5">
        {scheduleId !== undefined && (
          <p className="text-sm">
            <Link to={`/schedules/${scheduleId}`} className="link">
              {one?.workflowName ?? 'One schedule'}
            </Link>{' '}
            <span className="text-ink-3">alone</span>
          </p>
        )}
        <Past key={slot.from} projectId={projectId} slot={slot} scheduleId={scheduleId} schedules={schedules} />
        <Ahead projectId={projectId} slot={slot} day={day} scheduleId={scheduleId} schedules={schedules} />
      </div>
    </Panel>
  )
}

const leftOutcomes = 'missed,skipped,waiting'

type PartProps = { projectId: string; slot: Slot; scheduleId: string | undefined; schedules: readonly Schedule[] }

function Past({ projectId, slot, scheduleId, schedules }: PartProps) {
  const span: Span = { projectId, from: new Date(slot.from).toISOString(), to: new Date(slot.to).toISOString() }
  const isPast = slot.from <= useNow(10_000)
  const [onlyLeft, setOnlyLeft] = useState(false)
  const outcome = onlyLeft ? leftOutcomes : undefined
  const listing = useListing({ ...scheduleQueries.firesWithin(span, { scheduleId, outcome }), enabled: isPast })
  if (!isPast) return null
  return (
    <section aria-label="What became of its ticks" className="flex flex-col gap-2">
      <div className="flex min-h-7 items-center justify-between gap-3">
        <h3 className="text-sm font-medium">What became of its ticks</h3>
        <Button size="sm" look={onlyLeft ? 'plain' : 'quiet'} aria-pressed={onlyLeft} onClick={() => setOnlyLeft(!onlyLeft)}>
          Not fired
        </Button>
      </div>
      {listing.isPending ? (
        <Skeleton className="h-32 w-full" />
      ) : listing.error ? (
        <ErrorState compact what="The ticks could not be loaded" error={listing.error} onRetry={listing.retry} />
      ) : listing.rows.length === 0 ? (
        <p className="text-sm text-ink-3">{onlyLeft ? 'All that were due fired.' : 'None was due.'}</p>
      ) : (
        <ol className="divide-y divide-line rounded-md border border-line text-sm">
          {listing.rows.map((fire) => (
            <Tick
              key={`${fire.scheduleId} ${fire.fireAt}`}
              fire={fire}
              about={
                <About at={fire.fireAt} schedule={schedules.find(({ id }) => id === fire.scheduleId)} isNamed={scheduleId === undefined} />
              }
            />
          ))}
        </ol>
      )}
      {listing.hasMore && (
        <Button size="sm" look="quiet" className="self-start" busy={listing.isLoadingMore} onClick={listing.loadMore}>
          Show more
        </Button>
      )}
    </section>
  )
}

/** Whose tick it is, and its time by the clock of the schedule. */
function About({ at, schedule, isNamed }: { at: string; schedule: Schedule | undefined; isNamed: boolean }) {
  return (
    <>
      {schedule && schedule.timezone !== viewerZone() && (
        <span className="tnum text-xs text-ink-3" title={schedule.timezone}>
          {inZone(at, schedule.timezone)} in {schedule.timezone}
        </span>
      )}
      {isNamed && (
        <Link to={schedule ? `/schedules/${schedule.id}` : '/schedules'} className="min-w-0 truncate hover:underline">
          {schedule?.workflowName ?? 'Unknown schedule'}
        </Link>
      )}
    </>
  )
}

function Ahead({ projectId, slot, day, scheduleId, schedules }: PartProps & { day: string }) {
  const isAhead = slot.to > useNow(10_000)
  const { data, error, refetch } = useQuery({ ...scheduleQueries.forecast(forecastSpan(projectId, day)), enabled: isAhead })
  if (!isAhead) return null
  const within = (data?.minutes ?? []).filter(({ at }) => Date.parse(at) >= slot.from && Date.parse(at) < slot.to)
  const coming = within.flatMap(({ at, scheduleIds, counts }) =>
    scheduleIds.flatMap((id, nth) => (scheduleId === undefined || id === scheduleId ? [{ at, id, count: counts[nth] ?? 0 }] : [])),
  )
  return (
    <section aria-label="To come" className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">To come, by the minute</h3>
      {error && !data ? (
        <ErrorState compact what="What is to come could not be reckoned" error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-24 w-full" />
      ) : coming.length === 0 ? (
        <p className="text-sm text-ink-3">{data.truncated ? <Cut until={data.until} /> : 'Nothing more in this hour.'}</p>
      ) : (
        <>
          <ol className="divide-y divide-line rounded-md border border-line text-sm">
            {coming.map(({ at, id, count }) => (
              <li key={`${at} ${id}`} className="flex min-h-8 flex-wrap items-center gap-x-3 px-3 py-1">
                <time dateTime={at} title={exact(at)} className="tnum">
                  {hourText(Date.parse(at))}
                </time>
                <About at={at} schedule={schedules.find((schedule) => schedule.id === id)} isNamed={scheduleId === undefined} />
                {count > 1 && <span className="tnum ml-auto text-xs text-ink-3">{count.toLocaleString('en')} times</span>}
              </li>
            ))}
          </ol>
          {data.truncated && Date.parse(data.until) < slot.to && (
            <p className="text-xs text-ink-3">
              <Cut until={data.until} />
            </p>
          )}
        </>
      )}
    </section>
  )
}

const Cut = ({ until }: { until: string }) => (
  <>
    The forecast reaches only to <At at={until} />: so much fires before.
  </>
)
