/** Days and hours by the viewer's clock. A day is written 2026-11-25; its hours are as many as the clock gives it. */
const hourMs = 3_600_000
export const hoursADay = 24

const pad = (n: number) => String(n).padStart(2, '0')
export const dayName = (at: Date): string => `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`

/** The day that a text names; null where it names none. */
export function readDay(text: string | null): string | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '')
  if (!match) return null
  const [year, month, day] = match.slice(1).map(Number)
  const name = dayName(new Date(year ?? 0, (month ?? 1) - 1, day ?? 1))
  return name === text ? name : null
}

/** Its first moment, or that of so many days later. */
export function startOf(day: string, later = 0): Date {
  const [year, month, date] = day.split('-').map(Number)
  return new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + later)
}

export const shiftDay = (day: string, by: number): string => dayName(startOf(day, by))

/** The seven days of a day's week, from Monday. */
export function weekOf(day: string): string[] {
  const back = (startOf(day).getDay() + 6) % 7
  return Array.from({ length: 7 }, (_, at) => shiftDay(day, at - back))
}

export type Slot = { from: number; to: number }

/**
 * The hours of a day by what the clock shows: an hour that comes twice is one slot of two hours, one that the clock skips
 * is null.
 */
export function slotsOf(day: string): (Slot | null)[] {
  const slots: (Slot | null)[] = Array.from({ length: hoursADay }, () => null)
  const end = startOf(day, 1).getTime()
  for (let at = startOf(day).getTime(); at < end; at += hourMs) {
    const hour = new Date(at).getHours()
    slots[hour] = { from: slots[hour]?.from ?? at, to: Math.min(at + hourMs, end) }
  }
  return slots
}

/** The slot that a moment lies in. */
export function slotAt(at: number): Slot | null {
  const slots = slotsOf(dayName(new Date(at)))
  return slots.find((slot) => slot !== null && slot.from <= at && at < slot.to) ?? null
}
