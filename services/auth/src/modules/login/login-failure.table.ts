import { timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { index, integer, text } from 'drizzle-orm/pg-core'
import { authSchema } from '../../schema.table.ts'

/** Counts failed logins by the hash of an address alone and of an address with a network, whether or not such an account exists. */
export const loginFailures = authSchema.table(
  'login_failures',
  {
    key: text('key').primaryKey(),
    failures: integer('failures').notNull(),
    lastAt: timeColumn('last_at').notNull().default(sql`now()`),
  },
  (table) => [index('login_failures_at').on(table.lastAt)],
)
