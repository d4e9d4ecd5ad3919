import { type Static, Type } from '@sinclair/typebox'
import { Input, Nullable, Timestamp } from './base.ts'

/** One line of the event log as clients see it. `eventId` is a decimal string that only grows. */
export const LiveEvent = Type.Object({
  eventId: Type.String(),
  type: Type.String(),
  module: Type.String(),
  entityType: Type.String(),
  entityId: Type.String(),
  entityVersion: Type.Integer(),
  projectId: Nullable(Type.String()),
  occurredAt: Timestamp,
  payload: Type.Record(Type.String(), Type.Unknown()),
  lineageRef: Nullable(Type.String()),
})
export type LiveEvent = Static<typeof LiveEvent>
export const EventPage = Type.Object({ items: Type.Array(LiveEvent), lastEventId: Type.String() })

export const Topic = Type.String({ minLength: 1, maxLength: 120 })
export const ClientMessage = Type.Union([
  Input({ type: Type.Literal('auth'), token: Type.String({ maxLength: 8192 }) }),
  Input({
    type: Type.Literal('subscribe'),
    topics: Type.Array(Topic, { minItems: 1, maxItems: 100 }),
    lastAckEventId: Type.Optional(Type.String({ pattern: '^\\d{1,19}$' })),
  }),
  Input({ type: Type.Literal('unsubscribe'), topics: Type.Array(Topic, { maxItems: 100 }) }),
  Input({ type: Type.Literal('heartbeat'), ts: Type.Optional(Type.Unknown()) }),
  Input({ type: Type.Literal('ack'), eventId: Type.String({ pattern: '^\\d{1,19}$' }) }),
  Input({ type: Type.Literal('resync_request'), lastAckEventId: Type.String({ pattern: '^\\d{1,19}$' }) }),
])
export type ClientMessage = Static<typeof ClientMessage>

export type ServerMessage =
  | { type: 'ready'; connectionId: string; heartbeatMs: number; lastEventId: string }
  | { type: 'subscribed'; topics: string[]; lastEventId: string }
  | { type: 'unsubscribed'; topics: string[] }
  | { type: 'snapshot'; module: string; version: string; data: unknown; generatedAt: string }
  | ({ type: 'event'; eventType: string } & Omit<LiveEvent, 'type'>)
  | { type: 'events'; events: LiveEvent[] }
  | { type: 'stale_state'; module: string; isStale: boolean; lastSuccessfulUpdateAt: string | null; reason: string | null }
  | { type: 'sync_status'; lastEventId: string; lagMs: number }
  | { type: 'heartbeat'; ts: unknown }
  | { type: 'error'; code: string; message: string; recoverable: boolean }

export const closeCodes = {
  unauthenticated: 4401,
  forbidden: 4403,
  heartbeatMissed: 4408,
  tooBig: 4413,
  tooMany: 4429,
  goingAway: 4503,
} as const
