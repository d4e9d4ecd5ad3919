import { type EventEntity, type EventName, type EventPayload, events, type Id } from '@orrery/shared-types'
import { Value } from '@sinclair/typebox/value'
import { sql } from 'drizzle-orm'
import type { TxCtx } from './context.ts'

/** What an event is about. `version` counts the changes of that entity and is taken under its row's lock. */
export type Subject<N extends EventName> = {
  id: Id<EventEntity<N>>
  version: number
  projectId?: Id<'project'> | null
  /** Who may see it beside the members of `projectId`: ids of further projects and of users. */
  audience?: readonly string[]
  lineageRef?: string
}

/** One event as the outbox holds it. `body` is sent to clients as it is, with its `eventId` put in front. */
export function toOutboxEvent<N extends EventName>(name: N, subject: Subject<N>, payload: EventPayload<N>, occurredAt: string) {
  const { module, entity } = events[name]
  return {
    audience: subject.audience ?? [],
    body: {
      type: name,
      module,
      entityType: entity,
      entityId: subject.id,
      entityVersion: subject.version,
      projectId: subject.projectId ?? null,
      occurredAt,
      payload,
      lineageRef: subject.lineageRef ?? null,
    },
  }
}

/** Says what happened, in the transaction in which it happened. Call it after the entity's row is locked or written. */
export async function publish<N extends EventName>(ctx: TxCtx, name: N, subject: Subject<N>, payload: EventPayload<N>): Promise<void> {
  Value.Assert(events[name].payload, payload)
  const event = toOutboxEvent(name, subject, payload, new Date().toISOString())
  await ctx.db.execute(sql`insert into platform.outbox (events, count) values (${JSON.stringify([event])}, 1)`)
}
