import { AppError, audit, inTx, invalid, newId, publish, requireRole } from '@orrery/core'
import type { Memory, StoreMemory } from '@orrery/shared-types'
import type { MemoryCtx } from '../../context.ts'
import { indexNow } from './index-memories.ts'
import * as memories from './memory.repository.ts'
import { whoOf } from './who.policy.ts'

const longestMs = 100 * 366 * 24 * 3600_000

/** Keeps a memory. It can be found from then on, whether or not the index is there. */
export async function storeMemory(ctx: MemoryCtx, input: StoreMemory): Promise<Memory> {
  const memory = await inTx(ctx, async (ctx) => {
    const { content, projectId, why, tags = [], ttlMs } = input
    await requireRole(ctx, projectId, 'operator')
    if (ctx.actor.kind === 'system') throw new AppError('forbidden', 'caller_needed', 'A memory needs somebody it is of')
    if (ttlMs !== undefined && ttlMs > longestMs) throw invalid('/ttlMs', 'is longer than a hundred years')
    const expiresAt = ttlMs === undefined ? null : new Date(Date.now() + ttlMs).toISOString()
    const who = whoOf(ctx.actor, input.who)
    const row = await memories.insert(ctx, { id: newId('memory'), projectId, content, why, ...who, tags: [...new Set(tags)], expiresAt })
    const { content: _content, ...after } = memories.toMemory(row)
    await audit(ctx, { action: 'memory.stored', entityType: 'memory', entityId: row.id, projectId, after })
    await publish(ctx, 'memory.stored', { id: row.id, version: row.version, projectId }, { why })
    return memories.toMemory(row)
  })
  await indexNow(ctx, memory.id)
  return memory
}
