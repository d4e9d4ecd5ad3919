import { idColumn, jsonbColumn, timeColumn } from '@orrery/core'
import { index, text } from 'drizzle-orm/pg-core'
import { agentsSchema } from '../../schema.table.ts'

/** What agents say they did. Never changed. */
export const activities = agentsSchema.table(
  'activities',
  {
    id: idColumn('activity')('id').primaryKey(),
    agentId: idColumn('agent')('agent_id').notNull(),
    action: text('action').notNull(),
    details: jsonbColumn('details').$type<Record<string, unknown>>().notNull(),
    occurredAt: timeColumn('occurred_at').notNull(),
    runId: idColumn('run')('run_id'),
    taskId: idColumn('task')('task_id'),
  },
  (table) => [index('activities_agent').on(table.agentId, table.occurredAt, table.id)],
)
