import { pgSchema } from 'drizzle-orm/pg-core'

export const agentsSchema = pgSchema('agents')
