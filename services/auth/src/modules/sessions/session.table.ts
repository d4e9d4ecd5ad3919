import { idColumn, timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { index, integer, text } from 'drizzle-orm/pg-core'
import { authSchema } from '../../schema.table.ts'

/** A session is the family of all refresh tokens that came from one login. */
export const sessions = authSchema.table(
  'sessions',
  {
    id: idColumn('session')('id').primaryKey(),
    userId: idColumn('user')('user_id').notNull(),
    userAgent: text('user_agent'),
    ip: text('ip'),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    lastUsedAt: timeColumn('last_used_at').notNull().default(sql`now()`),
    expiresAt: timeColumn('expires_at').notNull(),
    revokedAt: timeColumn('revoked_at'),
    version: integer('version').notNull().default(1),
  },
  (table) => [index('sessions_user').on(table.userId, table.createdAt), index('sessions_expiry').on(table.expiresAt)],
)

export const refreshTokens = authSchema.table(
  'refresh_tokens',
  {
    hash: text('hash').primaryKey(),
    sessionId: idColumn('session')('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    userAgent: text('user_agent'),
    ip: text('ip'),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    spentAt: timeColumn('spent_at'),
  },
  (table) => [index('refresh_tokens_session').on(table.sessionId)],
)
