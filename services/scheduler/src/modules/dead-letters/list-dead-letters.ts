import { type Ctx, notFound } from '@orrery/core'
import type { DeadLetter, DeadLetterQuery, Id, Page } from '@orrery/shared-types'
import * as deadLetters from './dead-letter.repository.ts'

export const deadLetterNotFound = () => notFound('dead_letter')

/** The steps that were given up in the caller's projects, newest first, each with the last lines of its log. */
export async function listDeadLetters(ctx: Ctx, query: DeadLetterQuery): Promise<Page<DeadLetter>> {
  const { items, nextCursor } = await deadLetters.list(ctx, query)
  return { items: items.map(deadLetters.present), nextCursor }
}

export async function getDeadLetter(ctx: Ctx, id: Id<'step'>): Promise<DeadLetter> {
  const found = await deadLetters.find(ctx, id)
  if (!found) throw deadLetterNotFound()
  return deadLetters.present(found)
}
