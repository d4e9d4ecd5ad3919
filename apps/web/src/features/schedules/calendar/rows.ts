import type { Schedule } from '@orrery/shared-types'
import { whenText } from '../schedule-words.tsx'
import { dayText } from './calendar-words.ts'
import { type Cell, cellsOf, type Gathered } from './cells.ts'
import type { CalendarPlace } from './use-calendar.ts'

export type GridRow = {
  key: string
  label: string
  detail: string | null
  scheduleId: string | null
  isNow: boolean
  cells: (Cell | null)[]
}

/** A week by its days; a day by its schedules, all of them first. */
export function rowsOf(
  { isWeek, days, day, today, hasToday }: CalendarPlace,
  gathered: Gathered,
  schedules: readonly Schedule[],
): GridRow[] {
  if (isWeek) {
    return days.map((each) => ({
      key: each,
      label: dayText(each),
      detail: null,
      scheduleId: null,
      isNow: each === today,
      cells: cellsOf(each, gathered),
    }))
  }
  const all = { key: 'all', label: 'All schedules', detail: null, scheduleId: null, isNow: hasToday, cells: cellsOf(day, gathered) }
  const own = [...idsOf(gathered)].map((id) => {
    const schedule = schedules.find((each) => each.id === id)
    return {
      key: id,
      label: schedule?.workflowName ?? 'Unknown schedule',
      detail: schedule ? whenText(schedule) : null,
      scheduleId: id,
      isNow: hasToday,
      cells: cellsOf(day, gathered, id),
    }
  })
  return [all, ...own.toSorted((a, b) => a.label.localeCompare(b.label) || a.key.localeCompare(b.key))]
}

function idsOf({ summary, forecasts }: Gathered): Set<string> {
  const past = summary.hours.flatMap((hour) => hour.scheduleId ?? [])
  const ahead = forecasts.flatMap((forecast) => forecast.minutes.flatMap((minute) => minute.scheduleIds))
  return new Set([...past, ...ahead])
}
