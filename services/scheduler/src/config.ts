import { baseSettings } from '@orrery/service-kit'
import { type Static, Type } from '@sinclair/typebox'

export const SchedulerConfig = Type.Object({
  ...baseSettings,
  PORT: Type.Integer({ default: 3004, minimum: 0, maximum: 65_535 }),
  ADMIN_PORT: Type.Integer({ default: 9004, minimum: 0, maximum: 65_535 }),
  ORRERY_WORKER_KEY: Type.String({
    minLength: 32,
    maxLength: 1000,
    description: 'The secret that workers of this installation share with the scheduler',
  }),
  ORRERY_LEASE_MS: Type.Integer({
    default: 30_000,
    minimum: 3000,
    maximum: 600_000,
    description: 'How long a worker may be silent before its steps are given to another; it is heard of each second',
  }),
})
export type SchedulerConfig = Static<typeof SchedulerConfig>
