import { duration, exact, moment, relative } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'

/** Relative time with the exact one on hover. Unknown stays unknown. */
export function Ago({ at, fallback = '–' }: { at: string | null; fallback?: string }) {
  // what came between two ticks lies in the past all the same
  const now = Math.max(useNow(10_000), Date.now())
  if (at === null) return <span className="text-ink-3">{fallback}</span>
  return (
    <time dateTime={at} title={exact(at)} className="tnum whitespace-nowrap">
      {relative(at, now)}
    </time>
  )
}

/** A coming moment, counted down by the second. */
export function Until({ at }: { at: string }) {
  const now = useNow(1000)
  return (
    <time dateTime={at} title={exact(at)} className="tnum whitespace-nowrap">
      {Date.parse(at) <= now ? 'due now' : relative(at, now)}
    </time>
  )
}

export function At({ at, fallback = '–' }: { at: string | null; fallback?: string }) {
  if (at === null) return <span className="text-ink-3">{fallback}</span>
  return (
    <time dateTime={at} title={exact(at)} className="tnum whitespace-nowrap">
      {moment(at)}
    </time>
  )
}

type TookProps = { from: string | null; to: string | null; ms?: number | null }

/** How long it took, or how long it has been going on. */
export function Took({ from, to, ms = null }: TookProps) {
  const running = from !== null && to === null && ms === null
  const now = useNow(running ? 1000 : 0)
  if (from === null && ms === null) return <span className="text-ink-3">–</span>
  const length = ms ?? (to === null ? now : Date.parse(to)) - Date.parse(from ?? '')
  return <span className="tnum whitespace-nowrap">{duration(Math.max(0, length))}</span>
}
