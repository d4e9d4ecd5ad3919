import { idColumn, jsonColumn, timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { scheduler } from '../../schema.table.ts'

export const hooks = scheduler.table(
  'hooks',
  {
    id: idColumn('hook')().primaryKey(),
    projectId: idColumn('project')('project_id').notNull(),
    workflowId: idColumn('workflow')('workflow_id').notNull(),
    name: text().notNull(),
    scheme: text().notNull(),
    mapping: jsonColumn().notNull().$type<Record<string, unknown>>(),
    enabled: boolean().notNull().default(true),
    /** Sealed, bound to the id of the row. */
    secret: text().notNull(),
    previousSecret: text('previous_secret'),
    previousUntil: timeColumn('previous_until'),
    version: integer().notNull().default(1),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    updatedAt: timeColumn('updated_at').notNull().default(sql`now()`),
  },
  (t) => [index('hooks_project').on(t.projectId, t.createdAt), index('hooks_workflow').on(t.workflowId)],
)

/** What came in, and what became of it. The key of accepted calls is what makes a message start one run. */
export const hookCalls = scheduler.table(
  'hook_calls',
  {
    id: idColumn('hookCall')().primaryKey(),
    hookId: idColumn('hook')('hook_id').notNull(),
    at: timeColumn().notNull().default(sql`now()`),
    outcome: text().notNull(),
    reason: text(),
    detail: text(),
    messageId: text('message_id'),
    /** SHA-256 of the body of an accepted call. */
    bodyHash: text('body_hash'),
    runId: idColumn('run')('run_id'),
  },
  (t) => [
    uniqueIndex('hook_calls_message').on(t.hookId, t.messageId).where(sql`outcome = 'accepted'`),
    index('hook_calls_listed').on(t.hookId, t.at, t.id),
    index('hook_calls_age').on(t.at),
  ],
)
