import { type Static, Type } from '@sinclair/typebox'
import { Nullable, OneOf } from './base.ts'

export const PartState = OneOf(['healthy', 'degraded', 'unhealthy'])
export type PartState = Static<typeof PartState>
export const Health = Type.Object({
  status: PartState,
  database: PartState,
  redis: PartState,
  memoryMcp: PartState,
  websocket: PartState,
  worker: PartState,
  version: Type.String(),
})
export type Health = Static<typeof Health>
export const HealthDetailed = Type.Composite([
  Health,
  Type.Object({
    codeSteps: OneOf(['off', 'sandbox', 'trusted']),
    parts: Type.Array(
      Type.Object({ name: Type.String(), state: PartState, latencyMs: Nullable(Type.Number()), detail: Nullable(Type.String()) }),
    ),
  }),
])
export type HealthDetailed = Static<typeof HealthDetailed>
export const Probe = Type.Object({ status: Type.String() })
