import { baseSettings } from '@orrery/service-kit'
import { type Static, Type } from '@sinclair/typebox'

export const AgentsConfig = Type.Object({
  ...baseSettings,
  PORT: Type.Integer({ default: 3003, minimum: 0, maximum: 65_535 }),
  ADMIN_PORT: Type.Integer({ default: 9003, minimum: 0, maximum: 65_535 }),
})
export type AgentsConfig = Static<typeof AgentsConfig>
