import { type EventEntity, type EventName, type EventPayload, events, type Id, type LiveEvent } from '@orrery/shared-types'
import { Value } from '@sinclair/typebox/value'
import { sql } from 'drizzle-orm'
import type { TxCtx } from './context.ts'
import { storable } from './storable.ts'

/** What an event is about. `version` counts the changes of that entity and is taken under its row's lock. */
export type Subject<N extends EventName> = {
  id: Id<EventEntity<N>>
  version: number
  projectId?: Id<'project'> | null
  /** Who may see it beside the members of `projectId`: ids of further projects and of users. */
  audience?: readonly string[]
  lineageRef?: string
}

/** One event as the outbox and the log hold it: names of columns. Module and entity follow from the type. */
export type LoggedEvent = {
  type: EventName
  project_id: string | null
  entity_id: string
  entity_version: number
  occurred_at: string
  audience: readonly string[]
  lineage_ref: string | null
  payload: unknown
}

/** How many places of the log one row of `platform.event_reach` stands for. */
export const chunkOfLog = 1024

/** What is sent along with a ring of the relay: where the events stand in the log, and they themselves unless they are too many. */
export type EventsRing = { first: number; last: number; events?: LoggedEvent[] }

export const toLoggedEvent = <N extends EventName>(
  name: N,
  subject: Subject<N>,
  payload: EventPayload<N>,
  occurredAt: string,
): LoggedEvent => ({
  type: name,
  project_id: subject.projectId ?? null,
  entity_id: subject.id,
  entity_version: subject.version,
  occurred_at: occurredAt,
  audience: subject.audience ?? [],
  lineage_ref: subject.lineageRef ?? null,
  payload,
})

/** An event as clients see it, without its `eventId`. */
export const presentEvent = (event: LoggedEvent): Omit<LiveEvent, 'eventId'> => ({
  type: event.type,
  module: events[event.type].module,
  entityType: events[event.type].entity,
  entityId: event.entity_id,
  entityVersion: event.entity_version,
  projectId: event.project_id,
  occurredAt: event.occurred_at,
  payload: event.payload as Record<string, unknown>,
  lineageRef: event.lineage_ref,
})

/** Says what happened, in the transaction in which it happened. Call it after the entity's row is locked or written. */
export async function publish<N extends EventName>(ctx: TxCtx, name: N, subject: Subject<N>, payload: EventPayload<N>): Promise<void> {
  Value.Assert(events[name].payload, payload)
  const event = storable(toLoggedEvent(name, subject, payload, new Date().toISOString()))
  await ctx.db.execute(sql`insert into platform.outbox (events, count) values (${JSON.stringify([event])}, 1)`)
}
