import type { PartState } from '@orrery/shared-types'
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'

const faces = {
  healthy: { Icon: CircleCheck, word: 'Healthy', ink: 'text-done' },
  degraded: { Icon: TriangleAlert, word: 'Degraded', ink: 'text-blocked' },
  unhealthy: { Icon: CircleX, word: 'Unhealthy', ink: 'text-failed' },
} as const

export function PartStateBadge({ state }: { state: PartState }) {
  const { Icon, word, ink } = faces[state]
  return (
    <span className={`inline-flex items-center gap-1.5 align-middle font-medium whitespace-nowrap ${ink}`}>
      <Icon size={14} aria-hidden />
      {word}
    </span>
  )
}
