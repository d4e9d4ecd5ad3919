import { Type } from '@sinclair/typebox'

/** Every background job: its queue and what it carries. A job rings a bell; PostgreSQL holds the work. */
export const jobs = {
  'pool.ring': { queue: 'orrery-runs', payload: Type.Object({ pool: Type.String() }) },
  'webhook.ring': { queue: 'orrery-webhooks', payload: Type.Object({}) },
} as const
export type JobName = keyof typeof jobs
