import type { AgentStatus } from '@orrery/shared-types'
import { Circle, CircleCheck, CircleX, LoaderCircle, Unplug } from 'lucide-react'

export const agentStatuses: Record<AgentStatus, { word: string; ink: string; Icon: typeof Circle }> = {
  active: { word: 'Active', ink: 'text-done', Icon: CircleCheck },
  busy: { word: 'Busy', ink: 'text-progress', Icon: LoaderCircle },
  idle: { word: 'Idle', ink: 'text-queued', Icon: Circle },
  offline: { word: 'Offline', ink: 'text-canceled', Icon: Unplug },
  error: { word: 'Error', ink: 'text-failed', Icon: CircleX },
}

export const statusOrder = ['active', 'busy', 'idle', 'offline', 'error'] as const

export function AgentStatusBadge({ status }: { status: AgentStatus }) {
  const { word, ink, Icon } = agentStatuses[status]
  return (
    <span className={`inline-flex items-center gap-1.5 align-middle font-medium whitespace-nowrap ${ink}`}>
      <Icon size={14} aria-hidden />
      {word}
    </span>
  )
}
