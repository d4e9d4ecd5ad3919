import { idColumn, timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { scheduler } from '../../schema.table.ts'

/** What steps ask of people. The engine writes them with the steps that wait, and what was decided with their end. */
export const approvals = scheduler.table(
  'approvals',
  {
    runId: uuid('run_id').notNull(),
    ordinal: integer().notNull(),
    projectId: idColumn('project')('project_id').notNull(),
    workflowId: idColumn('workflow')('workflow_id').notNull(),
    stepKey: text('step_key').notNull(),
    item: smallint(),
    title: text().notNull(),
    description: text(),
    /** The least role in the project that may decide. */
    role: text().notNull(),
    onExpire: text('on_expire').notNull(),
    state: text().notNull().default('pending'),
    requestedAt: timeColumn('requested_at').notNull(),
    expiresAt: timeColumn('expires_at'),
    decidedAt: timeColumn('decided_at'),
    decidedBy: text('decided_by'),
    comment: text(),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.ordinal] }),
    index('approvals_pending').on(t.projectId, t.runId, t.ordinal).where(sql`state = 'pending'`),
    index('approvals_project').on(t.projectId, t.runId, t.ordinal),
  ],
)
