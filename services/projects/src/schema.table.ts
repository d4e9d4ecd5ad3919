import { pgSchema } from 'drizzle-orm/pg-core'

export const projectsSchema = pgSchema('projects')
