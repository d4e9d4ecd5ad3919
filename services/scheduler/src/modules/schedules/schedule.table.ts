import { idColumn, jsonColumn, timeColumn } from '@orrery/core'
import { defaultCatchUpWindowMs } from '@orrery/shared-types'
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, primaryKey, text } from 'drizzle-orm/pg-core'
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
    startAt: timeColumn('start_at'),
    endAt: timeColumn('end_at'),
    jitterMs: integer('jitter_ms').notNull().default(0),
    overlap: text().notNull().default('allow'),
    catchUp: text('catch_up').notNull().default('last'),
    catchUpWindowMs: bigint('catch_up_window_ms', { mode: 'number' }).notNull().default(defaultCatchUpWindowMs),
    input: jsonColumn().notNull().$type<Record<string, unknown>>(),
    status: text().notNull().default('active'),
    /** Why it paused itself. */
    pausedReason: text('paused_reason'),
    /** The next tick, and when it is to be answered: a little later where there is jitter. */
    nextFireAt: timeColumn('next_fire_at'),
    dueAt: timeColumn('due_at'),
    lastFireAt: timeColumn('last_fire_at'),
    lastRunId: idColumn('run')('last_run_id'),
    lastLateMs: integer('last_late_ms'),
    version: integer().notNull().default(1),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    updatedAt: timeColumn('updated_at').notNull().default(sql`now()`),
  },
  (t) => [
    index('schedules_due').on(t.dueAt).where(sql`status = 'active'`),
    index('schedules_project').on(t.projectId, t.createdAt),
    index('schedules_workflow').on(t.workflowId),
  ],
)

/** The ledger: one row for each tick that was due, however it went. Its key is what makes a tick start one run. */
export const fires = scheduler.table(
  'fires',
  {
    scheduleId: idColumn('schedule')('schedule_id').notNull(),
    fireAt: timeColumn('fire_at').notNull(),
    /** When the tick was answered. */
    firedAt: timeColumn('fired_at').notNull(),
    outcome: text().notNull().default('fired'),
    reason: text(),
    /** A row of missed ticks may stand for all of them up to this time. */
    until: timeColumn(),
    lateMs: integer('late_ms'),
    backfill: boolean().notNull().default(false),
    runId: idColumn('run')('run_id'),
  },
  (t) => [
    primaryKey({ columns: [t.scheduleId, t.fireAt] }),
    index('fires_waiting').on(t.scheduleId, t.fireAt).where(sql`outcome = 'waiting'`),
  ],
)
