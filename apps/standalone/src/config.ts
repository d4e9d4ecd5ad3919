import { join } from 'node:path'
import { baseSettings } from '@orrery/service-kit'
import { type CodeSteps, WorkerConfig } from '@orrery/worker'
import { type Static, Type } from '@sinclair/typebox'

const Port = (value: number) => Type.Integer({ default: value, minimum: 0, maximum: 65_535 })
const worker = WorkerConfig.properties

export const checkout = join(import.meta.dirname, '../../..')

/** What the process as a whole reads; each service reads its own settings beside these. */
export const StandaloneConfig = Type.Object({
  ORRERY_PORT: Port(8080),
  ORRERY_ADMIN_PORT: Port(8081),
  ORRERY_HOST: baseSettings.ORRERY_HOST,
  ORRERY_DATA_DIR: Type.String({ default: join(checkout, '.orrery'), minLength: 1 }),
  ORRERY_PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://' })),
  ORRERY_DB_POOL: baseSettings.ORRERY_DB_POOL,
  DATABASE_URL: Type.Optional(baseSettings.DATABASE_URL),
  DATABASE_PASSWORD: baseSettings.DATABASE_PASSWORD,
  REDIS_URL: Type.Optional(baseSettings.REDIS_URL),
  CHROMA_URL: Type.Optional(Type.String({ pattern: '^https?://' })),
  LOG_LEVEL: baseSettings.LOG_LEVEL,
  ORRERY_SECRET_KEY: Type.Optional(Type.String({ minLength: 32 })),
  ORRERY_CODE_STEPS: worker.ORRERY_CODE_STEPS,
  ORRERY_HTTP_ALLOW: Type.Optional(Type.String({ description: 'Addresses inside the network that http steps may reach' })),
  ORRERY_WORKER_ROOM: worker.ORRERY_WORKER_ROOM,
  ORRERY_CODE_ROOM: worker.ORRERY_CODE_ROOM,
  ORRERY_ARTIFACT_MAX_BYTES: worker.ORRERY_ARTIFACT_MAX_BYTES,
})
export type StandaloneConfig = Static<typeof StandaloneConfig>

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Code of workflows runs unconfined only where none but the people of this machine can send any. */
export const codeStepsOf = ({ ORRERY_CODE_STEPS, ORRERY_HOST }: StandaloneConfig): CodeSteps =>
  ORRERY_CODE_STEPS ?? (isLoopback(ORRERY_HOST) ? 'trusted' : 'sandbox')

/** On a machine of one's own, workflows may watch this installation: its API, its metrics. */
export function httpAllowOf({ ORRERY_HTTP_ALLOW, ORRERY_HOST, ORRERY_PORT, ORRERY_ADMIN_PORT }: StandaloneConfig): string {
  if (ORRERY_HTTP_ALLOW !== undefined) return ORRERY_HTTP_ALLOW
  const ports = isLoopback(ORRERY_HOST) ? [ORRERY_PORT, ORRERY_ADMIN_PORT] : []
  return ports.flatMap((port) => [`127.0.0.1:${port}`, `localhost:${port}`]).join(',')
}

/** Where people reach the installation, as far as the settings tell. */
export const originOf = ({ ORRERY_PUBLIC_URL, ORRERY_HOST, ORRERY_PORT }: StandaloneConfig): string =>
  ORRERY_PUBLIC_URL ?? `http://${isLoopback(ORRERY_HOST) || ORRERY_HOST === '0.0.0.0' ? 'localhost' : ORRERY_HOST}:${ORRERY_PORT}`
