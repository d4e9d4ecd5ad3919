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
  ORRERY_KEEP_RUNS_DAYS: Type.Integer({ default: 180, minimum: 1, description: 'How long runs and their steps are kept, in whole months' }),
  ORRERY_KEEP_LOGS_DAYS: Type.Integer({ default: 30, minimum: 1, description: 'How long log lines are kept, in whole months' }),
})
export type SchedulerConfig = Static<typeof SchedulerConfig>
