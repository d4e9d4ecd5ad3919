import { type Ctx, notFound } from '@orrery/core'
import type { Id, Memory } from '@orrery/shared-types'
import * as memories from './memory.repository.ts'

/** One memory, for everybody who can see its project. */
export async function getMemory(ctx: Ctx, id: Id<'memory'>): Promise<Memory> {
  const row = await memories.find(ctx, id)
  if (!row) throw notFound('memory')
  return memories.toMemory(row)
}
