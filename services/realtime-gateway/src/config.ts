import { baseSettings } from '@orrery/service-kit'
import { type Static, Type } from '@sinclair/typebox'

export const GatewayConfig = Type.Object({
  ...baseSettings,
  PORT: Type.Integer({ default: 3007, minimum: 0, maximum: 65_535 }),
  ADMIN_PORT: Type.Integer({ default: 9007, minimum: 0, maximum: 65_535 }),
  ORRERY_PUBLIC_URL: Type.Optional(
    Type.String({ pattern: '^https?://', description: 'Where browsers reach this installation; sockets from other origins are refused' }),
  ),
  ORRERY_CODE_STEPS: Type.Union([Type.Literal('off'), Type.Literal('sandbox'), Type.Literal('trusted')], {
    default: 'sandbox',
    description: 'Shown on the health page',
  }),
  ORRERY_PARTS: Type.String({
    default: '',
    description: 'name=URL of the other parts, with commas, for health and the joined API description',
  }),
  ORRERY_KEEP_EVENTS_DAYS: Type.Integer({ default: 90, minimum: 1, description: 'How long the event log is kept, in whole months' }),
  ORRERY_WS_PER_IP: Type.Integer({ default: 200, minimum: 1, description: 'Sockets from one address' }),
})
export type GatewayConfig = Static<typeof GatewayConfig>
