import { idColumn, timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { bigint, index, integer, json, primaryKey, text } from 'drizzle-orm/pg-core'
import { scheduler } from '../../schema.table.ts'

export const schedules = scheduler.table(
  'schedules',
  {
    id: idColumn('schedule')().primaryKey(),
    projectId: idColumn('project')('project_id').notNull(),
    workflowId: idColumn('workflow')('workflow_id').notNull(),
    cron: text(),
    everyMs: bigint('every_ms', { mode: 'number' }),
    at: timeColumn(),
    timezone: text().notNull().default('UTC'),
    input: json().notNull().$type<Record<string, unknown>>(),
    status: text().notNull().default('active'),
    nextFireAt: timeColumn('next_fire_at'),
    lastFireAt: timeColumn('last_fire_at'),
    lastRunId: idColumn('run')('last_run_id'),
    lastLateMs: integer('last_late_ms'),
    version: integer().notNull().default(1),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    updatedAt: timeColumn('updated_at').notNull().default(sql`now()`),
  },
  (t) => [
    index('schedules_due').on(t.nextFireAt).where(sql`status = 'active'`),
    index('schedules_project').on(t.projectId, t.createdAt),
    index('schedules_workflow').on(t.workflowId),
  ],
)

/** One row for each tick that was answered; the key is what makes a tick start one run. */
export const fires = scheduler.table(
  'fires',
  {
    scheduleId: idColumn('schedule')('schedule_id').notNull(),
    fireAt: timeColumn('fire_at').notNull(),
    firedAt: timeColumn('fired_at').notNull(),
    runId: idColumn('run')('run_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.scheduleId, t.fireAt] })],
)
