import type { Schedule } from '@orrery/shared-types'
import { ChevronLeft, ChevronRight, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, ButtonLink, IconButton } from '../../../components/ui/button.tsx'
import { ChooseProject } from '../../../components/ui/choose-project.tsx'
import { Input } from '../../../components/ui/field.tsx'
import { Freshness } from '../../../components/ui/freshness.tsx'
import { Page } from '../../../components/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../../components/ui/states.tsx'
import { useAddressProject } from '../../../lib/address-project.ts'
import { viewerZone } from '../../../lib/format.ts'
import { calendarSentence, dayText, type View } from './calendar-words.ts'
import type { Gathered } from './cells.ts'
import { HourGrid, Legend } from './hour-grid.tsx'
import { HourPanel } from './hour-panel.tsx'
import { rowsOf } from './rows.ts'
import { type CalendarPlace, useCalendar, useCalendarPlace } from './use-calendar.ts'

/** What fired, what didn't and what will, hour by hour. */
export function CalendarPage() {
  const projectId = useAddressProject()
  const place = useCalendarPlace()
  const calendar = useCalendar(projectId, place)
  const { gathered } = calendar
  const actions = <ButtonLink to="/schedules">List of schedules</ButtonLink>
  return (
    <Page title="Calendar" answer={gathered && calendarSentence(gathered, viewOf(place))} actions={actions}>
      <div className="min-w-0 rounded-md border border-line bg-surface">
        {projectId === null ? (
          <ChooseProject what="Fires are counted project by project. Choose whose you want to see." />
        ) : (
          <>
            <Bar place={place} />
            {calendar.isPending && <SkeletonRows label="Loading the calendar" />}
            {calendar.error && <ErrorState what="The calendar could not be loaded" error={calendar.error} onRetry={calendar.retry} />}
            {gathered && <Grid place={place} gathered={gathered} schedules={calendar.schedules} />}
            {gathered && (
              <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-4 border-t border-line px-4 py-1">
                <span className="text-xs text-ink-3">Times of {viewerZone()}</span>
                <Freshness updatedAt={calendar.updatedAt} isStale={calendar.isStale} />
              </div>
            )}
          </>
        )}
      </div>
      {projectId !== null && <HourPanel projectId={projectId} place={place} schedules={calendar.schedules} />}
    </Page>
  )
}

function viewOf({ isWeek, hasToday, today, day, days }: CalendarPlace): View {
  const isPast = (days.at(-1) ?? day) < today
  if (isWeek) return { when: hasToday ? 'this week' : `in the week from ${dayText(days[0] ?? day)}`, isWeek, isPast }
  return { when: hasToday ? 'today' : `on ${dayText(day)}`, isWeek, isPast }
}

type GridProps = { place: CalendarPlace; gathered: Gathered; schedules: readonly Schedule[] }

function Grid({ place, gathered, schedules }: GridProps) {
  if (schedules.length === 0 && gathered.summary.hours.length === 0) return <NoFires />
  return (
    <>
      <HourGrid place={place} rows={rowsOf(place, gathered, schedules)} />
      <Legend />
    </>
  )
}

function Bar({ place }: { place: CalendarPlace }) {
  const { day, isWeek, hasToday, today } = place
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      <IconButton label={isWeek ? 'Week before' : 'Day before'} onClick={() => place.move(-1)}>
        <ChevronLeft size={16} />
      </IconButton>
      <IconButton label={isWeek ? 'Week after' : 'Day after'} onClick={() => place.move(1)}>
        <ChevronRight size={16} />
      </IconButton>
      <Input
        type="date"
        aria-label={isWeek ? 'A day of the week' : 'Day'}
        value={day}
        required
        onChange={(event) => event.target.value !== '' && place.choose(event.target.value)}
        className="tnum max-w-40"
      />
      <Button size="sm" disabled={hasToday} onClick={() => place.choose(today)}>
        Today
      </Button>
      <div role="group" aria-label="Show" className="ml-auto flex gap-1">
        <Choice isOn={!isWeek} onClick={() => place.show('day')}>
          Day
        </Choice>
        <Choice isOn={isWeek} onClick={() => place.show('week')}>
          Week
        </Choice>
      </div>
    </div>
  )
}

function Choice({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <Button size="sm" look="quiet" aria-pressed={isOn} className={isOn ? 'bg-raised text-ink' : ''} onClick={onClick}>
      {children}
    </Button>
  )
}

function NoFires() {
  const create = (
    <ButtonLink to="/schedules/new" look="primary">
      <Plus size={15} aria-hidden />
      Create a schedule
    </ButtonLink>
  )
  return (
    <EmptyState title="Nothing to fire yet" action={create}>
      Here you see hour by hour what your schedules fired, what they skipped or missed, and what they will fire next. It fills as soon as
      the project has a schedule.
    </EmptyState>
  )
}
