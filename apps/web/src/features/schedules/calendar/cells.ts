import type { FireHour, FireSummary, Forecast } from '@orrery/shared-types'
import { type Slot, slotsOf } from './days.ts'

/** What became of the ticks of a slot, and how many are to come. */
export type Counts = Pick<FireHour, 'fired' | 'waiting' | 'skipped' | 'missed' | 'late' | 'maxLateMs'> & { ahead: number }
export type Cell = Slot & Counts & { isUnknown: boolean }
export type Gathered = { summary: FireSummary; forecasts: readonly Forecast[] }

export const nothing: Counts = { fired: 0, waiting: 0, skipped: 0, missed: 0, late: 0, maxLateMs: null, ahead: 0 }
export const totalOf = ({ fired, waiting, skipped, missed, ahead }: Counts): number => fired + waiting + skipped + missed + ahead

export function add(a: Counts, b: Partial<Counts>): Counts {
  const late = [a.maxLateMs, b.maxLateMs ?? null].filter((ms) => ms !== null)
  return {
    fired: a.fired + (b.fired ?? 0),
    waiting: a.waiting + (b.waiting ?? 0),
    skipped: a.skipped + (b.skipped ?? 0),
    missed: a.missed + (b.missed ?? 0),
    late: a.late + (b.late ?? 0),
    ahead: a.ahead + (b.ahead ?? 0),
    maxLateMs: late.length === 0 ? null : Math.max(...late),
  }
}

type Entry = { at: number; scheduleId: string | null; counts: Partial<Counts> }

function entriesOf({ summary, forecasts }: Gathered): Entry[] {
  const past = summary.hours.map((hour) => ({ at: Date.parse(hour.at), scheduleId: hour.scheduleId, counts: hour }))
  const ahead = forecasts.flatMap(({ minutes }) =>
    minutes.flatMap(({ at, scheduleIds, counts }) =>
      scheduleIds.map((scheduleId, nth) => ({ at: Date.parse(at), scheduleId, counts: { ahead: counts[nth] ?? 0 } })),
    ),
  )
  return [...past, ...ahead]
}

/** From where on nobody looked, since too much fires before; null when all was looked at. */
export const unknownFrom = (forecasts: readonly Forecast[]): number | null => {
  const cut = forecasts.filter((forecast) => forecast.truncated).map((forecast) => Date.parse(forecast.until))
  return cut.length === 0 ? null : Math.min(...cut)
}

/** The cells of a day, for all schedules or for one. */
export function cellsOf(day: string, gathered: Gathered, scheduleId?: string): (Cell | null)[] {
  const slots = slotsOf(day)
  const counts: Counts[] = slots.map(() => nothing)
  const first = slots.find((slot) => slot !== null)?.from ?? 0
  const end = slots.findLast((slot) => slot !== null)?.to ?? 0
  for (const entry of entriesOf(gathered)) {
    if (entry.at < first || entry.at >= end || (scheduleId !== undefined && entry.scheduleId !== scheduleId)) continue
    const hour = new Date(entry.at).getHours()
    counts[hour] = add(counts[hour] ?? nothing, entry.counts)
  }
  // each day is forecast by itself, so a cut belongs to the day that its forecast begins in
  const cut = unknownFrom(gathered.forecasts.filter(({ from }) => Date.parse(from) >= first && Date.parse(from) < end)) ?? end
  return slots.map((slot, hour) => slot && { ...slot, ...(counts[hour] ?? nothing), isUnknown: slot.to > cut })
}
