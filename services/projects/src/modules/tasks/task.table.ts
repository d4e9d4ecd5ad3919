import { idColumn, searchColumn, searchText, timeColumn } from '@orrery/core'
import { type Status, type Task, taskPriorities } from '@orrery/shared-types'
import { sql } from 'drizzle-orm'
import { type AnyPgColumn, customType, index, integer, text } from 'drizzle-orm/pg-core'
import { projectsSchema } from '../../schema.table.ts'

/** A word in code, its rank in the table, so that lists sort by urgency. */
const priorityColumn = customType<{ data: Task['priority']; driverData: number }>({
  dataType: () => 'smallint',
  toDriver: (word) => taskPriorities.indexOf(word),
  fromDriver: (rank) => taskPriorities[rank] ?? 'medium',
})

export const tasks = projectsSchema.table(
  'tasks',
  {
    id: idColumn('task')('id').primaryKey(),
    projectId: idColumn('project')('project_id').notNull(),
    parentId: idColumn('task')('parent_id').references((): AnyPgColumn => tasks.id),
    kind: text('kind').$type<Task['kind']>().notNull(),
    title: text('title').notNull(),
    description: text('description'),
    status: text('status').$type<Status>().notNull().default('queued'),
    priority: priorityColumn('priority').notNull(),
    dueAt: timeColumn('due_at'),
    labels: text('labels').array().notNull().default(sql`'{}'`),
    assigneeType: text('assignee_type').$type<'user' | 'agent'>(),
    assigneeId: text('assignee_id'),
    version: integer('version').notNull().default(1),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    updatedAt: timeColumn('updated_at').notNull().default(sql`now()`),
    deletedAt: timeColumn('deleted_at'),
    search: searchColumn('search').generatedAlwaysAs(searchText(sql`title || ' ' || coalesce(description, '')`)),
  },
  (table) => [
    index('tasks_project').on(table.projectId, table.createdAt, table.id),
    index('tasks_parent').on(table.parentId),
    index('tasks_assignee').on(table.assigneeId),
    index('tasks_search').using('gin', table.search),
  ],
)
