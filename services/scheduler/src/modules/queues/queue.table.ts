import { idColumn, timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { integer, text, unique } from 'drizzle-orm/pg-core'
import { scheduler } from '../../schema.table.ts'

/** What somebody set for a queue: that it is paused, how many steps of it may run at a time. A queue without a row is bound by nothing. */
export const queues = scheduler.table(
  'queues',
  {
    id: idColumn('queue')().primaryKey(),
    /** `*` stands for all queues of a project together. */
    name: text().notNull(),
    /** Null: everywhere in the installation. */
    projectId: idColumn('project')('project_id'),
    pausedAt: timeColumn('paused_at'),
    most: integer(),
    version: integer().notNull().default(1),
    updatedAt: timeColumn('updated_at').notNull().default(sql`now()`),
  },
  (t) => [unique('queues_name').on(t.name, t.projectId).nullsNotDistinct()],
)
