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
  ORRERY_SECRET_KEY: Type.String({
    minLength: 32,
    maxLength: 1000,
    description: 'Protects what is kept encrypted: at least 32 random bytes, the same for every service',
  }),
  ORRERY_HTTP_ALLOW: Type.String({
    default: '',
    description: 'Addresses inside the network that webhooks may be sent to: host:port, with commas',
  }),
  ORRERY_PUBLIC_URL: Type.Optional(
    Type.String({ pattern: '^https?://', description: 'Where this installation is reached; webhooks name it' }),
  ),
  ORRERY_HOOK_RATE_LIMIT: Type.Integer({ default: 300, minimum: 1, description: 'Calls of hooks a minute from one address' }),
})
export type SchedulerConfig = Static<typeof SchedulerConfig>
