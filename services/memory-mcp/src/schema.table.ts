import { pgSchema } from 'drizzle-orm/pg-core'

export const memorySchema = pgSchema('memory_mcp')
