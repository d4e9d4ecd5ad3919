import type { Id } from '@orrery/shared-types'
import type { MemoryCtx } from '../../context.ts'
import { embed } from './embedding.policy.ts'
import * as memories from './memory.repository.ts'

const atOnce = 100

/** Tells the index of what it doesn't know yet. Answers how many it learnt; fails when it is away, and they stay pending. */
export async function indexPending(ctx: MemoryCtx): Promise<number> {
  let told = 0
  for (;;) {
    const rows = await memories.claim(ctx, { limit: atOnce })
    await tell(ctx, rows)
    told += rows.length
    if (rows.length < atOnce) return told
  }
}

/** Tells the index of one change right away. When it is away, the timer will. */
export const indexNow = async (ctx: MemoryCtx, only: Id<'memory'>): Promise<void> =>
  tell(ctx, await memories.claim(ctx, { only, limit: 1 })).catch(() => undefined)

async function tell(ctx: MemoryCtx, rows: memories.MemoryRow[]): Promise<void> {
  try {
    for (const [projectId, own] of Map.groupBy(rows, (row) => row.projectId)) {
      const living = own.filter((row) => row.deletedAt === null)
      const gone = own.filter((row) => row.deletedAt !== null).map((row) => row.id)
      const entries = living.map(({ id, content, why, agent }) => ({ id, why, agent, vector: embed(content) }))
      if (entries.length > 0) await ctx.index.upsert(projectId, entries)
      if (gone.length > 0) await ctx.index.remove(projectId, gone)
    }
  } catch (error) {
    await memories.release(ctx, rows)
    throw error
  }
  if (rows.length > 0) await memories.settle(ctx, rows)
}
