import { audit, type Ctx, inTx, notFound, publish, requireRole, type TxCtx } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import type { MemoryCtx } from '../../context.ts'
import { indexNow } from './index-memories.ts'
import * as memories from './memory.repository.ts'

/** Erases a memory: what it said is gone at once, also from the record. */
export async function forgetMemory(ctx: MemoryCtx, id: Id<'memory'>): Promise<void> {
  await inTx(ctx, async (ctx) => {
    const row = await memories.lock(ctx, id)
    if (!row) throw notFound('memory')
    await requireRole(ctx, row.projectId, 'operator', 'memory')
    await erase(ctx, row)
  })
  await indexNow(ctx, id)
}

/** Erases what has outlived its time, and answers how many. */
export function forgetExpired(ctx: Ctx): Promise<number> {
  return inTx(ctx, async (ctx) => {
    const rows = await memories.lockExpired(ctx)
    for (const row of rows) await erase(ctx, row)
    return rows.length
  })
}

async function erase(ctx: TxCtx, row: memories.MemoryRow): Promise<void> {
  const { id, projectId, why, agent, createdAt } = row
  const { version } = await memories.empty(ctx, id)
  await audit(ctx, { action: 'memory.deleted', entityType: 'memory', entityId: id, projectId, before: { why, agent, createdAt } })
  await publish(ctx, 'memory.deleted', { id, version, projectId }, {})
}
