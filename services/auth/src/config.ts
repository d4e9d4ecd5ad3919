import { baseSettings } from '@orrery/service-kit'
import { type Static, Type } from '@sinclair/typebox'

export const AuthConfig = Type.Object({
  ...baseSettings,
  PORT: Type.Integer({ default: 3001, minimum: 0, maximum: 65_535 }),
  ADMIN_PORT: Type.Integer({ default: 9001, minimum: 0, maximum: 65_535 }),
  ORRERY_SECRET_KEY: Type.String({
    minLength: 32,
    maxLength: 1000,
    description: 'Protects what is kept encrypted: at least 32 random bytes',
  }),
  ORRERY_PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://', description: 'Where browsers reach this installation' })),
  ORRERY_REGISTRATION: Type.Optional(
    Type.Union([Type.Literal('open'), Type.Literal('invite'), Type.Literal('closed')], {
      description: 'Who may register; open on loopback and by invitation elsewhere unless set',
    }),
  ),
  ORRERY_ADMIN_EMAIL: Type.Optional(Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$', maxLength: 254 })),
  ORRERY_ADMIN_PASSWORD: Type.Optional(Type.String({ minLength: 10, maxLength: 200 })),
  ORRERY_AUTH_RATE_LIMIT: Type.Integer({
    default: 50,
    minimum: 1,
    description: 'Requests a minute from one address to register, log in and refresh',
  }),
})
export type AuthConfig = Static<typeof AuthConfig>

export type Registration = 'open' | 'invite' | 'closed'

/** Open where only this machine can reach it, by invitation elsewhere. */
export function registrationOf(config: Pick<AuthConfig, 'ORRERY_REGISTRATION' | 'ORRERY_HOST'>): Registration {
  const loopback = config.ORRERY_HOST === 'localhost' || config.ORRERY_HOST === '::1' || config.ORRERY_HOST.startsWith('127.')
  return config.ORRERY_REGISTRATION ?? (loopback ? 'open' : 'invite')
}
