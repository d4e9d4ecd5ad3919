import { timeColumn } from '@orrery/core'
import { sql } from 'drizzle-orm'
import { text } from 'drizzle-orm/pg-core'
import { authSchema } from '../../schema.table.ts'

/** Private keys, each encrypted under the installation's secret. Their public halves are in platform.public_keys. */
export const signingKeys = authSchema.table('signing_keys', {
  kid: text('kid').primaryKey(),
  sealed: text('sealed').notNull(),
  createdAt: timeColumn('created_at').notNull().default(sql`now()`),
  activeFrom: timeColumn('active_from').notNull(),
  supersededAt: timeColumn('superseded_at'),
})
