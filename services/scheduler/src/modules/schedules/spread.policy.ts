/** FNV-1a over the text, its bits mixed once more as in MurmurHash3: the same on every scheduler. 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

// a day that every month has, so that none goes without
const ranges = { second: [0, 59], minute: [0, 59], hour: [0, 23], day: [1, 28], month: [1, 12], weekday: [0, 6] } as const
const fields = Object.keys(ranges) as (keyof typeof ranges)[]
const spread = /(?<![A-Za-z])H(?:\((\d+)-(\d+)\))?(?:\/(\d+))?(?![A-Za-z])/g

export const hasSpread = (cron: string): boolean => !cron.startsWith('@') && cron.search(spread) >= 0

/**
 * Puts a value of the schedule's own in place of each `H`, as Jenkins has it: `H` anywhere in the field's range,
 * `H(0-29)` within one, and with `/15` each so many from there.
 */
export function fillSpread(cron: string, scheduleId: string): string {
  if (!hasSpread(cron)) return cron
  const parts = cron.trim().split(/\s+/)
  return parts
    .map((part, i) => {
      const field = fields[i + fields.length - parts.length] ?? 'minute'
      return part.replaceAll(spread, (whole, from?: string, to?: string, step?: string) => {
        const low = Number(from ?? ranges[field][0])
        const high = Number(to ?? ranges[field][1])
        if (high < low || low < ranges[field][0] || high > ranges[field][1]) return whole
        const width = step === undefined ? high - low + 1 : Math.min(Number(step), high - low + 1)
        if (width < 1) return whole
        const start = low + (hashOf(`${scheduleId} ${field}`) % width)
        return step === undefined ? String(start) : `${start}-${high}/${step}`
      })
    })
    .join(' ')
}

/** How much later than its tick a fire comes: less than `jitterMs`, and never as late as the tick after it. */
export function jitterOf(scheduleId: string, tick: Date, jitterMs: number, next: Date | null): number {
  const room = Math.min(jitterMs, next === null ? jitterMs : next.getTime() - tick.getTime())
  return room <= 0 ? 0 : hashOf(`${scheduleId} ${tick.getTime()}`) % room
}
