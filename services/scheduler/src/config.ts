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
  ORRERY_DATA_DIR: Type.String({ default: '.orrery', minLength: 1, description: 'Holds the artifacts unless S3_ENDPOINT is given' }),
  S3_ENDPOINT: Type.Optional(Type.String({ pattern: '^https?://', description: 'Keeps the artifacts' })),
  S3_BUCKET: Type.String({ default: 'orrery', minLength: 1 }),
  S3_REGION: Type.String({ default: 'us-east-1', minLength: 1 }),
  S3_ACCESS_KEY_ID: Type.Optional(Type.String({ minLength: 1 })),
  S3_SECRET_ACCESS_KEY: Type.Optional(Type.String({ minLength: 1 })),
  S3_PATH_STYLE: Type.Boolean({ default: true, description: 'http://host/bucket/key rather than http://bucket.host/key' }),
  ORRERY_ARTIFACT_MAX_BYTES: Type.Integer({ default: 100 * 1024 * 1024, minimum: 1, description: 'The largest artifact' }),
  ORRERY_RUN_ARTIFACTS_MAX_BYTES: Type.Integer({ default: 1024 * 1024 * 1024, minimum: 1, description: 'All artifacts of a run together' }),
  ORRERY_RUN_ARTIFACTS_MAX: Type.Integer({ default: 1000, minimum: 1, description: 'How many artifacts a run may have' }),
  ORRERY_KEEP_ARTIFACTS_DAYS: Type.Integer({ default: 30, minimum: 1, maximum: 36_500, description: 'Days until an artifact is deleted' }),
  ORRERY_LEASE_MS: Type.Integer({
    default: 30_000,
    minimum: 3000,
    maximum: 600_000,
    description: 'How long a worker may be silent before its steps are given to another; it is heard of each second',
  }),
})
export type SchedulerConfig = Static<typeof SchedulerConfig>
