import { idColumn, timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { scheduler } from '../../schema.table.ts'

/** Steps that the engine gave up, written with their end. Kept for those who look after them. */
export const deadLetters = scheduler.table(
  'dead_letters',
  {
    runId: uuid('run_id').notNull(),
    ordinal: integer().notNull(),
    projectId: idColumn('project')('project_id').notNull(),
    workflowId: idColumn('workflow')('workflow_id').notNull(),
    stepKey: text('step_key').notNull(),
    item: smallint(),
    queue: text().notNull(),
    code: text().notNull(),
    message: text().notNull(),
    attempt: smallint().notNull(),
    at: timeColumn().notNull().default(sql`now()`),
    redrivenAt: timeColumn('redriven_at'),
    redrivenRunId: idColumn('run')('redriven_run_id'),
    dismissedAt: timeColumn('dismissed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.ordinal] }),
    index('dead_letters_open').on(t.projectId, t.runId, t.ordinal).where(sql`redriven_at is null and dismissed_at is null`),
    index('dead_letters_project').on(t.projectId, t.runId, t.ordinal),
  ],
)
