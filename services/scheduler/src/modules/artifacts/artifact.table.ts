import { idColumn, timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { bigint, index, integer, smallint, text, unique, uuid } from 'drizzle-orm/pg-core'
import { scheduler } from '../../schema.table.ts'

/** Files that steps left behind. The bytes lie in the object store under `object_key`. */
export const artifacts = scheduler.table(
  'artifacts',
  {
    id: idColumn('artifact')().primaryKey(),
    projectId: idColumn('project')('project_id').notNull(),
    runId: uuid('run_id').notNull(),
    ordinal: integer().notNull(),
    attempt: smallint().notNull(),
    stepKey: text('step_key').notNull(),
    itemIndex: integer('item_index'),
    name: text().notNull(),
    contentType: text('content_type').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    sha256: text().notNull(),
    objectKey: text('object_key').notNull(),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    expiresAt: timeColumn('expires_at').notNull(),
  },
  (t) => [
    unique('artifacts_name').on(t.runId, t.ordinal, t.attempt, t.name),
    unique('artifacts_object').on(t.objectKey),
    index('artifacts_run').on(t.runId, t.id),
    index('artifacts_expired').on(t.expiresAt),
  ],
)
