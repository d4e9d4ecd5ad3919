import { baseSettings } from '@orrery/service-kit'
import { type Static, Type } from '@sinclair/typebox'

export const CodeSteps = Type.Union([Type.Literal('off'), Type.Literal('sandbox'), Type.Literal('trusted')])
export type CodeSteps = Static<typeof CodeSteps>

export const WorkerConfig = Type.Object({
  REDIS_URL: baseSettings.REDIS_URL,
  ORRERY_HOST: baseSettings.ORRERY_HOST,
  LOG_LEVEL: baseSettings.LOG_LEVEL,
  ORRERY_CRASH_AT: baseSettings.ORRERY_CRASH_AT,
  NODE_ENV: baseSettings.NODE_ENV,
  ADMIN_PORT: Type.Integer({ default: 9005, minimum: 0, maximum: 65_535 }),
  ORRERY_REDIS_NAMESPACE: Type.String({ default: 'orrery:orrery', description: 'orrery: and the name of the database' }),
  SCHEDULER_URL: Type.String({ pattern: '^https?://', description: 'Where the scheduler answers inside the network' }),
  ORRERY_WORKER_KEY: Type.String({ minLength: 32, maxLength: 1000 }),
  ORRERY_CODE_STEPS: Type.Optional(CodeSteps),
  ORRERY_HTTP_ALLOW: Type.String({
    default: '',
    description: 'Addresses inside the network that http steps may reach: host:port, with commas',
  }),
  ORRERY_WORKER_ROOM: Type.Integer({ default: 256, minimum: 1, maximum: 1000, description: 'Light steps at a time' }),
  ORRERY_CODE_ROOM: Type.Integer({ default: 4, minimum: 1, maximum: 64, description: 'Code and shell steps at a time' }),
  ORRERY_ARTIFACT_MAX_BYTES: Type.Integer({
    default: 100 * 1024 * 1024,
    minimum: 1,
    description: 'The largest file that an http step saves',
  }),
  ORRERY_WORK_DIR: Type.String({ default: '/tmp/orrery-work', description: 'Where shell steps get their folders' }),
})
export type WorkerConfig = Static<typeof WorkerConfig>
