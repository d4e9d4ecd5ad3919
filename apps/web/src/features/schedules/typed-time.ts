/** A moment as a field for date and time holds it: by the viewer's clock, to the second. */
export function typedTime(at: string | number): string {
  const time = new Date(at)
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/** What was typed, as the API writes it; null where it is no time. */
export function readTime(typed: string): string | null {
  const time = new Date(typed)
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}
