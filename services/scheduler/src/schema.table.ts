import { pgSchema } from 'drizzle-orm/pg-core'

export const scheduler = pgSchema('scheduler')
