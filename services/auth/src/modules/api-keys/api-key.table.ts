import { idColumn, timeColumn } from '@orrery/core'
import type { ProjectRole } from '@orrery/shared-types'
import { sql } from 'drizzle-orm'
import { index, integer, text } from 'drizzle-orm/pg-core'
import { authSchema } from '../../schema.table.ts'

/** What people see of a key. Its hash is in platform.api_keys, where every service looks it up, for as long as it works. */
export const apiKeys = authSchema.table(
  'api_keys',
  {
    id: idColumn('apiKey')('id').primaryKey(),
    userId: idColumn('user')('user_id').notNull(),
    name: text('name').notNull(),
    projectId: idColumn('project')('project_id'),
    role: text('role').$type<ProjectRole>().notNull(),
    hint: text('hint').notNull(),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    expiresAt: timeColumn('expires_at'),
    revokedAt: timeColumn('revoked_at'),
    version: integer('version').notNull().default(1),
  },
  (table) => [index('api_keys_user').on(table.userId, table.createdAt)],
)
