import { idColumn, timeColumn } from '@orrery/core'
import type { InstallationRole } from '@orrery/shared-types'
import { sql } from 'drizzle-orm'
import { boolean, integer, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { authSchema } from '../../schema.table.ts'

/** `emailKey` and `usernameKey` are the spellings by which two are the same. */
export const users = authSchema.table(
  'users',
  {
    id: idColumn('user')('id').primaryKey(),
    email: text('email').notNull(),
    emailKey: text('email_key').notNull(),
    username: text('username').notNull(),
    usernameKey: text('username_key').notNull(),
    fullName: text('full_name'),
    role: text('role').$type<InstallationRole>().notNull(),
    active: boolean('active').notNull().default(true),
    theme: text('theme').$type<'light' | 'dark'>(),
    passwordHash: text('password_hash').notNull(),
    version: integer('version').notNull().default(1),
    createdAt: timeColumn('created_at').notNull().default(sql`now()`),
    updatedAt: timeColumn('updated_at').notNull().default(sql`now()`),
  },
  (table) => [uniqueIndex('users_email').on(table.emailKey), uniqueIndex('users_username').on(table.usernameKey)],
)
