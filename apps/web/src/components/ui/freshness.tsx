import { clock } from '../../lib/format.ts'
import { useLive } from '../../lib/live-store.ts'

/** "As of 14:02:11", and said in words when the line is cut, or nobody answered, and the figures may be old. */
export function Freshness({ updatedAt, isStale = false }: { updatedAt: number; isStale?: boolean }) {
  const phase = useLive((live) => live.phase)
  if (updatedAt === 0) return <span className="text-xs text-ink-3">unknown</span>
  const stale = isStale || phase === 'stale'
  return (
    <span className={stale ? 'tnum text-xs whitespace-nowrap text-blocked' : 'tnum text-xs whitespace-nowrap text-ink-3'}>
      {stale ? '⚠ may be stale · as of ' : 'as of '}
      <time dateTime={new Date(updatedAt).toISOString()}>{clock(updatedAt)}</time>
    </span>
  )
}
