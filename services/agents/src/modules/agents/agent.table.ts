import { idColumn, searchColumn, searchText, timeColumn } from '@orrery/core'
import type { AgentStatus } from '@orrery/shared-types'
import { sql } from 'drizzle-orm'
import { bigint, index, integer, primaryKey, text } from 'drizzle-orm/pg-core'
import { agentsSchema } from '../../schema.table.ts'

/** The counters grow with what the agent reports as executed. */
export const agents = agentsSchema.table(
  'agents',
  {
    id: idColumn('agent')('id').primaryKey(),
    name: text('name').notNull(),
    type: text('type').notNull(),
    capabilities: text('capabilities').array().notNull().default(sql`'{}'`),
    ownerId: idColumn('user')('owner_id').notNull(),
    status: text('status').$type<AgentStatus>().notNull().default('offline'),
    lastSeenAt: timeColumn('last_seen_at'),
    executions: integer('executions').notNull().default(0),
    failed: integer('failed').notNull().default(0),
    timed: integer('timed').notNull().default(0),
    durationMs: bigint('duration_ms', { mode: 'number' }).notNull().default(0),
    version: integer('version').notNull().default(1),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    updatedAt: timeColumn('updated_at').notNull().default(sql`now()`),
    deletedAt: timeColumn('deleted_at'),
    search: searchColumn('search').generatedAlwaysAs(searchText(sql`name || ' ' || type`)),
  },
  (table) => [
    index('agents_created').on(table.createdAt, table.id),
    index('agents_owner').on(table.ownerId),
    index('agents_seen').on(table.lastSeenAt).where(sql`status <> 'offline' and deleted_at is null`),
    index('agents_search').using('gin', table.search),
  ],
)

export const agentProjects = agentsSchema.table(
  'agent_projects',
  {
    agentId: idColumn('agent')('agent_id')
      .notNull()
      .references(() => agents.id),
    projectId: idColumn('project')('project_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.agentId, table.projectId] }), index('agent_projects_project').on(table.projectId)],
)
