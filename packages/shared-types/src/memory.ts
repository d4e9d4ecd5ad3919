import { type Static, Type } from '@sinclair/typebox'
import { Input, Nullable, OneOf, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'

/** Why a memory was written: the eight intents of the tagging protocol. */
export const MemoryIntent = OneOf(['implementation', 'bugfix', 'refactor', 'testing', 'documentation', 'analysis', 'planning', 'research'])
export const MemoryWho = Input({
  agent: Type.String({ minLength: 1, maxLength: 100 }),
  category: Type.Optional(Type.String({ maxLength: 60 })),
  capabilities: Type.Optional(Type.Array(Type.String({ maxLength: 60 }), { maxItems: 20 })),
})
export const Memory = Type.Object({
  id: IdOf('memory'),
  projectId: IdOf('project'),
  content: Type.String(),
  why: MemoryIntent,
  who: Type.Object({ agent: Type.String(), category: Type.String(), capabilities: Type.Array(Type.String()) }),
  when: Type.Object({ iso: Timestamp, unix: Type.Integer(), readable: Type.String() }),
  tags: Type.Array(Type.String()),
  expiresAt: Nullable(Timestamp),
  createdAt: Timestamp,
})
export type Memory = Static<typeof Memory>
export const StoreMemory = Input({
  content: Type.String({ minLength: 1, maxLength: 20_000 }),
  projectId: IdOf('project'),
  why: MemoryIntent,
  who: Type.Optional(MemoryWho),
  tags: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 30 })),
  ttlMs: Type.Optional(Type.Integer({ minimum: 1000 })),
})
export type StoreMemory = Static<typeof StoreMemory>
export const SearchMemory = Input({
  query: Type.String({ minLength: 1, maxLength: 2000 }),
  projectId: Type.Optional(IdOf('project')),
  who: Type.Optional(Type.String({ maxLength: 100 })),
  why: Type.Optional(MemoryIntent),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
})
export type SearchMemory = Static<typeof SearchMemory>
/** `score` is the cosine similarity, from -1 to 1; null when Chroma was away and words alone were compared. */
export const MemoryHits = Type.Object({
  items: Type.Array(Type.Object({ memory: Memory, score: Nullable(Type.Number()) })),
  degraded: Type.Boolean(),
})
export type MemoryHits = Static<typeof MemoryHits>
export const MemoryStatus = Type.Object({
  status: OneOf(['healthy', 'degraded', 'unhealthy']),
  chroma: OneOf(['up', 'down']),
  pendingIndex: Type.Integer({ description: 'Memories that are kept but not yet in the vector index' }),
})
