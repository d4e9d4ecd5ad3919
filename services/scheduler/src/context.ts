import type { Ctx } from '@orrery/core'
import type { FastifyRequest } from 'fastify'
import type { Engine } from './modules/engine/index.ts'
import type { Plans } from './modules/workflows/index.ts'

/** What the verbs of this service need beside the request: the engine that moves runs, the compiled workflows. */
export type Machinery = { engine: Engine; plans: Plans }
export type SchedulerCtx = Ctx & Machinery

export const withMachinery =
  (machinery: Machinery) =>
  (request: FastifyRequest): SchedulerCtx => ({ ...request.ctx, ...machinery })
