import type { MemoryStatus } from '@orrery/shared-types'
import type { Static } from '@sinclair/typebox'
import type { MemoryCtx } from '../../context.ts'
import * as memories from './memory.repository.ts'

/** Whether the index answers, and how much it has still to learn. */
export async function getMemoryStatus(ctx: MemoryCtx): Promise<Static<typeof MemoryStatus>> {
  const [isUp, pendingIndex] = await Promise.all([ctx.index.isUp(), memories.countPending(ctx)])
  return { status: isUp ? 'healthy' : 'degraded', chroma: isUp ? 'up' : 'down', pendingIndex }
}
