import type { SqlPool } from '@orrery/core'
import { AppError, type Ctx, invalid, presentEvent } from '@orrery/core'
import type { Id, LiveEvent } from '@orrery/shared-types'
import { findEvents, findHead, findTail, type Stamped } from './event.repository.ts'
import { openTopic, whoListens } from './open-topic.ts'
import { belongs } from './topic.policy.ts'

const atMost = 1000
const pageSize = 2000
const maxScanned = 200_000

export const toLiveEvent = (event: Stamped): LiveEvent => ({ eventId: String(event.seq), ...presentEvent(event) })

/** Events of some topics after a place in the log, in order. `lastEventId` is how far was looked: ask again from there. */
export async function listEvents(
  ctx: Ctx,
  pool: SqlPool,
  after: number,
  texts: string[],
): Promise<{ items: LiveEvent[]; lastEventId: string }> {
  if (texts.length === 0) throw invalid('/topics', 'Name at least one topic')
  const topics = await Promise.all(texts.map((text) => openTopic(ctx, pool, text)))
  const listener = await whoListens(ctx)
  const head = await findHead(pool)
  if (after > 0 && after + 1 < (await findTail(pool))) throw eventsForgotten()
  const projects = topics.map((topic) => ('projectId' in topic ? topic.projectId : null))
  const scope = projects.every((each) => each !== null) ? (projects as Id<'project'>[]) : undefined
  const items: LiveEvent[] = []
  let last = after
  for (let scanned = 0; scanned < maxScanned; scanned += pageSize) {
    const events = await findEvents(pool, { after: last, until: head, limit: pageSize }, scope)
    for (const event of events) {
      if (topics.some((topic) => belongs(event, topic, listener))) items.push(toLiveEvent(event))
      last = event.seq
      if (items.length >= atMost) return { items, lastEventId: String(last) }
    }
    if (events.length < pageSize) return { items, lastEventId: String(Math.max(head, after)) }
  }
  return { items, lastEventId: String(last) }
}

/** What came after that place is not kept any more: a gap is never silent. */
export const eventsForgotten = (): AppError =>
  new AppError('conflict', 'resync_required', 'Events after that place are no longer kept; read the state anew and go on without a place')

export function readPlace(text: string | undefined): number {
  const place = Number(text ?? 0)
  if (!Number.isSafeInteger(place) || place < 0) throw new AppError('invalid', 'place_invalid', 'An eventId is a whole decimal number')
  return place
}
