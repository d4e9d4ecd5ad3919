import { idColumn, jsonColumn, timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { scheduler } from '../../schema.table.ts'

export const workflows = scheduler.table(
  'workflows',
  {
    id: idColumn('workflow')().primaryKey(),
    projectId: idColumn('project')('project_id').notNull(),
    slug: text().notNull(),
    name: text().notNull(),
    status: text().notNull().default('draft'),
    publishedVersion: integer('published_version'),
    latestVersion: integer('latest_version').notNull().default(1),
    version: integer().notNull().default(1),
    /** While it is set, runs that have begun nothing wait. */
    pausedAt: timeColumn('paused_at'),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    updatedAt: timeColumn('updated_at').notNull().default(sql`now()`),
  },
  (t) => [uniqueIndex('workflows_slug').on(t.projectId, t.slug), index('workflows_updated').on(t.projectId, t.updatedAt)],
)

/** What became of a workflow, each step of its life with who took it. Kept. */
export const workflowTransitions = scheduler.table(
  'workflow_transitions',
  {
    id: bigint({ mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
    workflowId: idColumn('workflow')('workflow_id').notNull(),
    fromStatus: text('from_status'),
    toStatus: text('to_status').notNull(),
    publishedVersion: integer('published_version'),
    reason: text(),
    actorKind: text('actor_kind').notNull(),
    actorId: text('actor_id').notNull(),
    occurredAt: timeColumn('occurred_at').notNull().default(sql`now()`),
  },
  (t) => [index('workflow_transitions_workflow').on(t.workflowId, t.id)],
)

/** A version never changes once it was published; a draft is rewritten in place. */
export const workflowVersions = scheduler.table(
  'workflow_versions',
  {
    workflowId: idColumn('workflow')('workflow_id').notNull(),
    version: integer().notNull(),
    definition: jsonColumn().notNull(),
    valid: boolean().notNull(),
    publishedAt: timeColumn('published_at'),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    createdBy: text('created_by').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workflowId, t.version] })],
)
