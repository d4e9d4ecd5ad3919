import type { Actor } from '@orrery/core'
import type { Memory, StoreMemory } from '@orrery/shared-types'

/** Who a memory is of: as told, and otherwise whoever asks. */
export function whoOf(actor: Exclude<Actor, { kind: 'system' }>, told: StoreMemory['who']): Memory['who'] {
  const own = actor.kind === 'user' ? { agent: actor.userId, category: 'human' } : { agent: actor.id, category: 'program' }
  if (!told) return { ...own, capabilities: [] }
  return { agent: told.agent, category: told.category ?? 'agent', capabilities: told.capabilities ?? [] }
}
