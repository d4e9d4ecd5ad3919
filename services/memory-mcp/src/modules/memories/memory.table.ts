import { idColumn, searchColumn, searchText, timeColumn } from '@orrery/core'
import type { Memory } from '@orrery/shared-types'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, text } from 'drizzle-orm/pg-core'
import { memorySchema } from '../../schema.table.ts'

/** The memory itself. The vector index is told of it afterwards: `pending` until it knows. A forgotten row stays, emptied, until the index forgot it too. */
export const memories = memorySchema.table(
  'memories',
  {
    id: idColumn('memory')('id').primaryKey(),
    projectId: idColumn('project')('project_id').notNull(),
    content: text('content').notNull(),
    why: text('why').$type<Memory['why']>().notNull(),
    agent: text('agent').notNull(),
    category: text('category').notNull(),
    capabilities: text('capabilities').array().notNull(),
    tags: text('tags').array().notNull(),
    version: integer('version').notNull().default(1),
    pending: boolean('pending').notNull().default(true),
    claimedUntil: timeColumn('claimed_until'),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    expiresAt: timeColumn('expires_at'),
    deletedAt: timeColumn('deleted_at'),
    search: searchColumn('search').generatedAlwaysAs(searchText(sql`content`)),
  },
  (table) => [
    index('memories_project').on(table.projectId, table.createdAt, table.id),
    index('memories_pending').on(table.createdAt).where(sql`pending`),
    index('memories_expiry').on(table.expiresAt).where(sql`deleted_at is null`),
    index('memories_search').using('gin', table.search),
  ],
)
