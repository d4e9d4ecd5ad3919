import { idColumn, jsonColumn, timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { scheduler } from '../../schema.table.ts'

/** Runs: written at the start, at the first step, and at the end. Like all history they lie in partitions by month. */
export const runs = scheduler.table(
  'runs',
  {
    id: idColumn('run')().primaryKey(),
    projectId: idColumn('project')('project_id').notNull(),
    workflowId: idColumn('workflow')('workflow_id').notNull(),
    workflowVersion: integer('workflow_version').notNull(),
    scheduleId: idColumn('schedule')('schedule_id'),
    taskId: idColumn('task')('task_id'),
    parentRunId: idColumn('run')('parent_run_id'),
    /** The step of the parent that it was begun by. */
    parentOrdinal: integer('parent_ordinal'),
    /** The run that this one repeats, whole or from a step on. */
    originRunId: idColumn('run')('origin_run_id'),
    trigger: text().notNull(),
    status: text().notNull(),
    blockedReason: text('blocked_reason'),
    outcome: text(),
    input: jsonColumn().notNull(),
    output: jsonColumn(),
    error: jsonColumn(),
    createdAt: timeColumn('created_at').notNull(),
    startedAt: timeColumn('started_at'),
    endedAt: timeColumn('ended_at'),
    /** Failed or canceled. A column of its own, so that the end of a good run changes nothing that an index looks at. */
    endedBadly: boolean('ended_badly').notNull().default(false),
  },
  (t) => [
    index('runs_project').on(t.projectId, t.id),
    index('runs_workflow').on(t.workflowId, t.id),
    index('runs_schedule').on(t.scheduleId, t.id).where(sql`schedule_id is not null`),
    index('runs_parent').on(t.parentRunId, t.id).where(sql`parent_run_id is not null`),
    // the few that people look for among the many
    index('runs_project_ended_badly').on(t.projectId, t.status, t.id).where(sql`ended_badly`),
    index('runs_ended_badly').on(t.id).where(sql`ended_badly`),
  ],
)

/** What the engine knows of a run that has not ended. Its row's lock is the right to move the run. Gone at the end. */
export const runState = scheduler.table(
  'run_state',
  {
    runId: uuid('run_id').primaryKey(),
    projectId: uuid('project_id').notNull(),
    workflowId: uuid('workflow_id').notNull(),
    workflowVersion: integer('workflow_version').notNull(),
    entityVersion: integer('entity_version').notNull(),
    started: boolean().notNull(),
    nodes: text().notNull(),
    fans: jsonColumn(),
    nextOrdinal: integer('next_ordinal').notNull(),
    error: jsonColumn(),
    /** How it will end that was stopped and has steps to run even then. */
    ending: jsonColumn(),
    depth: smallint().notNull(),
    /** Steps that a worker or a child can end, and steps that wait for a time or a signal. */
    open: integer().notNull().default(0),
    waits: integer().notNull().default(0),
    blocked: text(),
    /** What it needs a slot for, and whether it still waits for one. */
    slotKey: text('slot_key'),
    slotLimit: integer('slot_limit'),
    slotWaiting: boolean('slot_waiting').notNull().default(false),
    priority: smallint().notNull().default(0),
    scheduleId: uuid('schedule_id'),
    taskId: uuid('task_id'),
    parentRunId: uuid('parent_run_id'),
    parentOrdinal: integer('parent_ordinal'),
    parentAttempt: smallint('parent_attempt'),
    createdAt: timeColumn('created_at').notNull(),
  },
  (t) => [
    index('run_state_parent').on(t.parentRunId).where(sql`parent_run_id is not null`),
    index('run_state_schedule').on(t.scheduleId).where(sql`schedule_id is not null`),
    index('run_state_slot').on(t.slotKey, t.runId).where(sql`slot_waiting`),
  ],
)

/** ready: may be leased from `ready_at` on. leased: a worker has it. waiting: in the engine, for a child, a time or a signal. held: for room among the items of its step. */
export const live = { ready: 0, leased: 1, waiting: 2, held: 3 } as const

/** Steps that are ready, leased, waiting or held back. The hot set: a row comes when a step may begin and goes when it ends. */
export const liveSteps = scheduler.table(
  'live_steps',
  {
    runId: uuid('run_id').notNull(),
    ordinal: integer().notNull(),
    node: smallint().notNull(),
    item: smallint(),
    state: smallint().notNull(),
    attempt: smallint().notNull(),
    lost: smallint().notNull(),
    pool: text(),
    projectId: uuid('project_id').notNull(),
    worker: uuid(),
    input: jsonColumn(),
    timeoutMs: integer('timeout_ms').notNull(),
    /** Smaller goes first. */
    priority: smallint().notNull().default(0),
    /** What this attempt has logged so far. */
    logLines: integer('log_lines').notNull().default(0),
    logBytes: integer('log_bytes').notNull().default(0),
    queuedAt: timeColumn('queued_at').notNull(),
    readyAt: timeColumn('ready_at').notNull(),
    startedAt: timeColumn('started_at'),
    leaseUntil: timeColumn('lease_until'),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.ordinal] }),
    index('live_steps_ready').on(t.pool, t.projectId, t.priority, t.readyAt, t.runId, t.ordinal).where(sql`state = 0`),
    index('live_steps_leased').on(t.leaseUntil).where(sql`state = 1`),
  ],
)

/** Steps that have ended, written once. */
export const steps = scheduler.table(
  'steps',
  {
    runId: uuid('run_id').notNull(),
    ordinal: integer().notNull(),
    node: smallint().notNull(),
    item: smallint(),
    status: text().notNull(),
    skipped: boolean().notNull(),
    attempt: smallint().notNull(),
    queuedAt: timeColumn('queued_at'),
    startedAt: timeColumn('started_at'),
    endedAt: timeColumn('ended_at').notNull(),
    input: jsonColumn(),
    output: jsonColumn(),
    error: jsonColumn(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.ordinal] })],
)

/** Attempts that did not end their step: failed and retried, or lost with their worker. */
export const attempts = scheduler.table(
  'attempts',
  {
    runId: uuid('run_id').notNull(),
    ordinal: integer().notNull(),
    attempt: smallint().notNull(),
    startedAt: timeColumn('started_at'),
    endedAt: timeColumn('ended_at').notNull(),
    error: jsonColumn().notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.ordinal, t.attempt] })],
)

/** Log lines in the pieces in which they came. Ids of one run grow in the order of commits: its row is locked meanwhile. */
export const logChunks = scheduler.table(
  'log_chunks',
  {
    runId: uuid('run_id').notNull(),
    id: bigint({ mode: 'number' }).notNull().default(sql`nextval('scheduler.log_chunk_ids')`),
    ordinal: integer().notNull(),
    attempt: smallint().notNull(),
    lines: jsonColumn().notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.id] })],
)

/** What is due at a time: the end of a run's or a step's time, the next attempt of a child, its news for its parent, its cancellation. */
export const timers = scheduler.table(
  'timers',
  {
    id: bigint({ mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
    at: timeColumn().notNull(),
    kind: text().notNull(),
    runId: uuid('run_id').notNull(),
    ordinal: integer(),
    payload: jsonColumn(),
  },
  (t) => [index('timers_due').on(t.at, t.id)],
)

/** Signals that came before anything waited for them. */
export const signals = scheduler.table(
  'signals',
  {
    runId: uuid('run_id').notNull(),
    id: bigint({ mode: 'number' }).generatedAlwaysAsIdentity().notNull(),
    name: text().notNull(),
    payload: jsonColumn(),
    at: timeColumn().notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.runId, t.name, t.id] })],
)

/** Places among the runs of one concurrency key, each held by a run until it ends. */
export const slots = scheduler.table(
  'slots',
  { key: text().notNull(), runId: uuid('run_id').notNull(), takenAt: timeColumn('taken_at').notNull().default(sql`now()`) },
  (t) => [primaryKey({ columns: [t.key, t.runId] }), index('slots_run').on(t.runId)],
)

/** Workers that were heard of, and which pools they take from. */
export const workers = scheduler.table('workers', {
  id: uuid().primaryKey(),
  pools: text().array().notNull(),
  seenAt: timeColumn('seen_at').notNull().default(sql`now()`),
})
