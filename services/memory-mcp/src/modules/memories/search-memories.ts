import { requireRole, toUuid } from '@orrery/core'
import type { Id, MemoryHits, SearchMemory } from '@orrery/shared-types'
import type { MemoryCtx } from '../../context.ts'
import { embed, similarity } from './embedding.policy.ts'
import * as memories from './memory.repository.ts'

const maxProjects = 100
const maxPending = 500

type Search = { projectIds: Id<'project'>[]; text: string; filter: memories.Filter; limit: number }

/** The memories nearest to a text: by the index, and by words alone, marked degraded, while that is away. */
export async function searchMemories(ctx: MemoryCtx, input: SearchMemory): Promise<MemoryHits> {
  if (input.projectId) await requireRole(ctx, input.projectId, 'viewer')
  const projectIds = input.projectId ? [input.projectId] : await memories.projectsOf(ctx, maxProjects)
  if (projectIds.length === 0) return { items: [], degraded: false }
  const search: Search = { projectIds, text: input.query, filter: { why: input.why, agent: input.who }, limit: input.limit ?? 10 }
  return (await byVector(ctx, search)) ?? byWords(ctx, search)
}

/** Null where the index is away. What it has not learnt yet is compared here, so that nothing stored is missed. */
async function byVector(ctx: MemoryCtx, { projectIds, text, filter, limit }: Search): Promise<MemoryHits | null> {
  const vector = embed(text)
  const answers = await Promise.all(
    projectIds.map(async (projectId) => ({ projectId, hits: await ctx.index.query(projectId, vector, limit * 2, filter) })),
  ).catch(() => null)
  if (!answers) return null
  for (const { projectId, hits } of answers) if (hits === null) await memories.markPending(ctx, projectId)
  const scores = new Map(answers.flatMap(({ hits }) => hits ?? []).map((hit) => [hit.id, hit.score]))
  const known = await memories.findAll(ctx, [...scores.keys()].filter(isMemoryId), filter)
  const pending = await memories.findPending(ctx, projectIds, filter, maxPending)
  for (const row of pending) scores.set(row.id, similarity(vector, embed(row.content)))
  const rows = new Map([...known, ...pending].map((row) => [row.id, row]))
  const items = [...rows.values()].map((row) => ({ memory: memories.toMemory(row), score: scores.get(row.id) ?? 0 }))
  return { items: items.sort((a, b) => b.score - a.score).slice(0, limit), degraded: false }
}

async function byWords(ctx: MemoryCtx, { projectIds, text, filter, limit }: Search): Promise<MemoryHits> {
  const rows = await memories.findByWords(ctx, projectIds, text, filter, limit)
  return { items: rows.map((row) => ({ memory: memories.toMemory(row), score: null })), degraded: true }
}

const isMemoryId = (id: string): id is Id<'memory'> => toUuid('memory', id) !== undefined
