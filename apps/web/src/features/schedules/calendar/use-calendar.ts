import type { Schedule } from '@orrery/shared-types'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { withSearch } from '../../../lib/address-project.ts'
import { useNow } from '../../../lib/use-now.ts'
import { type Span, scheduleQueries } from '../schedule.queries.ts'
import type { Gathered } from './cells.ts'
import { dayName, readDay, shiftDay, startOf, weekOf } from './days.ts'

/** What the address says is looked at. */
export function useCalendarPlace() {
  const [search, setSearch] = useSearchParams()
  const today = dayName(new Date(useNow(60_000)))
  const day = readDay(search.get('day')) ?? today
  const isWeek = search.get('view') === 'week'
  const days = isWeek ? weekOf(day) : [day]
  const set = (change: Record<string, string | null>) =>
    setSearch((before) => new URLSearchParams(withSearch(before, { at: null, scheduleId: null, ...change })))
  return {
    search,
    today,
    day,
    days,
    isWeek,
    hasToday: days.includes(today),
    choose: (next: string) => set({ day: next === today ? null : next }),
    move: (by: 1 | -1) => set({ day: shiftDay(day, by * (isWeek ? 7 : 1)) }),
    show: (view: 'day' | 'week') => set({ view: view === 'week' ? 'week' : null }),
  }
}
export type CalendarPlace = ReturnType<typeof useCalendarPlace>

/** A day as it is forecast: what fires at its last midnight is the next day's. */
export const forecastSpan = (projectId: string, day: string): Span => ({
  projectId,
  from: startOf(day).toISOString(),
  to: new Date(startOf(day, 1).getTime() - 1).toISOString(),
})

const spanOf = (projectId: string, first: string, last: string): Span => ({
  projectId,
  from: startOf(first).toISOString(),
  to: startOf(last, 1).toISOString(),
})

/** What fired and what will, in the days in view. Each day is forecast by itself, so that a busy one hides no other. */
export function useCalendar(projectId: string | null, { days, isWeek, today }: CalendarPlace) {
  const id = projectId ?? ''
  const [first = today, last = today] = [days[0], days.at(-1)]
  const enabled = projectId !== null
  const names = useQuery({ ...scheduleQueries.names(id), enabled })
  const past = useQuery({ ...scheduleQueries.summary(spanOf(id, first, last), !isWeek), enabled })
  const ahead = useQueries({
    queries: days.map((day) => ({ ...scheduleQueries.forecast(forecastSpan(id, day)), enabled: enabled && day >= today })),
  })
  const asked = [past, names, ...ahead.filter((_, at) => (days[at] ?? '') >= today)]
  const failed = asked.find((query) => query.isError && query.data === undefined)
  const forecasts = ahead.flatMap((query) => query.data ?? [])
  const isPending = asked.some((query) => query.isPending)
  const gathered: Gathered | null = isPending || failed || !past.data ? null : { summary: past.data, forecasts }
  return {
    gathered,
    schedules: names.data ?? noSchedules,
    isPending: isPending && failed === undefined,
    error: failed?.error ?? null,
    isStale: asked.some((query) => query.isError && query.data !== undefined),
    updatedAt: past.dataUpdatedAt,
    retry: () => void Promise.all(asked.map((query) => query.refetch())),
  }
}

const noSchedules: readonly Schedule[] = []
