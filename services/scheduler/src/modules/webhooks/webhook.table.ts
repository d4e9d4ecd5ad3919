import { idColumn, timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { scheduler } from '../../schema.table.ts'

export const webhooks = scheduler.table(
  'webhooks',
  {
    id: idColumn('webhook')().primaryKey(),
    projectId: idColumn('project')('project_id').notNull(),
    name: text().notNull(),
    url: text().notNull(),
    eventTypes: text('event_types').array().notNull(),
    enabled: boolean().notNull().default(true),
    disabledReason: text('disabled_reason'),
    /** Sealed, bound to the id of the row. */
    secret: text().notNull(),
    previousSecret: text('previous_secret'),
    previousUntil: timeColumn('previous_until'),
    /** Where the event log stood when it was switched on: what happened before is not for it. */
    afterSeq: bigint('after_seq', { mode: 'number' }).notNull(),
    version: integer().notNull().default(1),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    updatedAt: timeColumn('updated_at').notNull().default(sql`now()`),
  },
  (t) => [index('webhooks_project').on(t.projectId, t.createdAt)],
)

export const deliveries = scheduler.table(
  'webhook_deliveries',
  {
    id: idColumn('delivery')().primaryKey(),
    webhookId: idColumn('webhook')('webhook_id').notNull(),
    /** Place of the event in the log; null for a test. */
    seq: bigint({ mode: 'number' }),
    eventType: text('event_type').notNull(),
    /** The very text that is sent, so that every attempt signs the same. */
    body: text().notNull(),
    status: text().notNull().default('pending'),
    /** All that were begun. It tells the attempt that may still write from those that may not. */
    attempts: integer().notNull().default(0),
    /** Those of this round of the retry schedule; a redelivery begins it anew. */
    step: integer().notNull().default(0),
    nextAt: timeColumn('next_at'),
    leaseUntil: timeColumn('lease_until'),
    lastStatusCode: integer('last_status_code'),
    lastError: text('last_error'),
    lastDurationMs: integer('last_duration_ms'),
    responseExcerpt: text('response_excerpt'),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    deliveredAt: timeColumn('delivered_at'),
  },
  (t) => [
    uniqueIndex('webhook_deliveries_event').on(t.webhookId, t.seq),
    index('webhook_deliveries_due').on(t.webhookId, t.nextAt).where(sql`status in ('pending', 'retrying')`),
    index('webhook_deliveries_dead').on(t.webhookId, t.createdAt).where(sql`status = 'dead'`),
    index('webhook_deliveries_listed').on(t.webhookId, t.createdAt, t.id),
    index('webhook_deliveries_age').on(t.createdAt),
  ],
)

/** How far a reader of the event log has come. */
export const eventCursors = scheduler.table('event_cursors', {
  name: text().primaryKey(),
  seq: bigint({ mode: 'number' }).notNull(),
})
