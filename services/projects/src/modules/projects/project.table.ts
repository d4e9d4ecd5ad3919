import { idColumn, searchColumn, searchText, timeColumn } from '@orrery/core'
import type { ProjectRole } from '@orrery/shared-types'
import { sql } from 'drizzle-orm'
import { type AnyPgColumn, index, integer, primaryKey, text } from 'drizzle-orm/pg-core'
import { projectsSchema } from '../../schema.table.ts'

export const projects = projectsSchema.table(
  'projects',
  {
    id: idColumn('project')('id').primaryKey(),
    name: text('name').notNull(),
    description: text('description'),
    parentId: idColumn('project')('parent_id').references((): AnyPgColumn => projects.id),
    ownerId: idColumn('user')('owner_id').notNull(),
    status: text('status').$type<'active' | 'archived'>().notNull().default('active'),
    riskFlag: text('risk_flag').$type<'none' | 'at_risk' | 'off_track'>().notNull().default('none'),
    dueAt: timeColumn('due_at'),
    version: integer('version').notNull().default(1),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    updatedAt: timeColumn('updated_at').notNull().default(sql`now()`),
    deletedAt: timeColumn('deleted_at'),
    search: searchColumn('search').generatedAlwaysAs(searchText(sql`name || ' ' || coalesce(description, '')`)),
  },
  (table) => [
    index('projects_created').on(table.createdAt, table.id),
    index('projects_parent').on(table.parentId),
    index('projects_search').using('gin', table.search),
  ],
)

/** Who belongs to a project and since when. platform.project_access holds the same rights for every service to check. */
export const members = projectsSchema.table(
  'members',
  {
    projectId: idColumn('project')('project_id')
      .notNull()
      .references(() => projects.id),
    userId: idColumn('user')('user_id').notNull(),
    role: text('role').$type<ProjectRole>().notNull(),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.userId] })],
)
