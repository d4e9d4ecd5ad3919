import { clock } from '../../lib/format.ts'
import type { LivePhase } from '../../lib/live.ts'
import { useLive } from '../../lib/live-store.ts'

const faces: Record<LivePhase, { word: (since: number) => string; ink: string; shape: 'dot' | 'ring' | 'bang' }> = {
  live: { word: () => 'Live', ink: 'text-done', shape: 'dot' },
  catching_up: { word: () => 'Catching up', ink: 'text-progress', shape: 'ring' },
  connecting: { word: () => 'Connecting', ink: 'text-ink-3', shape: 'ring' },
  stale: { word: (since) => `Stale since ${clock(since)}`, ink: 'text-blocked', shape: 'bang' },
  off: { word: () => 'Not live', ink: 'text-ink-3', shape: 'ring' },
}

/** Whether what is on the page changes by itself. Shape and word say it, not colour alone. */
export function LiveState() {
  const { phase, since } = useLive()
  const { word, ink, shape } = faces[phase]
  return (
    <p role="status" className={`flex shrink-0 items-center gap-1.5 text-xs font-medium ${ink}`}>
      <svg aria-hidden width="12" height="12" viewBox="0 0 12 12" fill="none" stroke="currentColor" strokeWidth="2">
        {shape === 'dot' && <circle cx="6" cy="6" r="4" fill="currentColor" stroke="none" />}
        {shape === 'ring' && <circle cx="6" cy="6" r="4" />}
        {shape === 'bang' && <path d="M6 1 L11 10.5 H1 Z M6 4.8 V7" strokeWidth="1.4" strokeLinejoin="round" />}
      </svg>
      <span className="tnum">{word(since)}</span>
    </p>
  )
}
