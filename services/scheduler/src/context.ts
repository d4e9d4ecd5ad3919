import type { AllowList, Ctx, SqlPool, Vault } from '@orrery/core'
import type { FastifyRequest } from 'fastify'
import type { Engine } from './modules/engine/index.ts'
import type { Plans } from './modules/workflows/index.ts'

/** What the verbs of this service need beside the request: the engine that moves runs, the compiled workflows. */
export type Machinery = { engine: Engine; plans: Plans }
export type SchedulerCtx = Ctx & Machinery

export const withMachinery =
  (machinery: Machinery) =>
  (request: FastifyRequest): SchedulerCtx => ({ ...request.ctx, ...machinery })

/** What has to do with the world outside: the secrets shared with it, where something may be sent. */
export type Outside = {
  vault: Vault
  allow: AllowList
  /** Where the installation is reached; empty where nobody said. */
  origin: string
  /** Says that deliveries may be due. */
  ringSenders: () => void
}
export type WebhookCtx = Ctx & Outside
/** For what makes runs out of calls. `pipelined` is where transactions of the engine are made. */
export type HookCtx = SchedulerCtx & Outside & { pipelined: SqlPool }

export const withOutside =
  (outside: Outside) =>
  (request: FastifyRequest): WebhookCtx => ({ ...request.ctx, ...outside })
