import { type Static, Type } from '@sinclair/typebox'
import { Input, Name, Nullable, OneOf, PageOf, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'
import { InstallationRole, ProjectRole } from './roles.ts'

export const Email = Type.String({ format: 'email', maxLength: 254 })
export const Password = Type.String({ minLength: 10, maxLength: 200 })

export const User = Type.Object({
  id: IdOf('user'),
  email: Type.String(),
  username: Type.String(),
  fullName: Nullable(Type.String()),
  role: InstallationRole,
  active: Type.Boolean(),
  theme: Nullable(OneOf(['light', 'dark'])),
  createdAt: Timestamp,
})
export type User = Static<typeof User>
export const UserPage = PageOf(User)

export const Register = Input({
  email: Email,
  username: Type.String({ minLength: 2, maxLength: 40, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
  password: Password,
  fullName: Type.Optional(Name),
  invitation: Type.Optional(Type.String({ maxLength: 2000, description: 'Needed where registration is by invitation' })),
})
export type Register = Static<typeof Register>
export const Registered = Type.Object({ user: User })

export const Login = Input({ email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 200 }) })
export type Login = Static<typeof Login>

/** `expiresIn` is in seconds, as OAuth 2 has it. `refreshToken` also comes as an HttpOnly cookie. */
export const Tokens = Type.Object({ accessToken: Type.String(), expiresIn: Type.Integer(), refreshToken: Type.String(), user: User })
export type Tokens = Static<typeof Tokens>

export const Refresh = Input({ refreshToken: Type.Optional(Type.String({ maxLength: 500 })) })
export type Refresh = Static<typeof Refresh>

export const UpdateMe = Input({
  fullName: Type.Optional(Nullable(Name)),
  theme: Type.Optional(Nullable(OneOf(['light', 'dark']))),
})
export type UpdateMe = Static<typeof UpdateMe>

export const UpdateUser = Input({ role: Type.Optional(InstallationRole), active: Type.Optional(Type.Boolean()) })
export type UpdateUser = Static<typeof UpdateUser>

/** What one project member may learn of another person before inviting them. */
export const UserRef = Type.Object({ id: IdOf('user'), username: Type.String() })
export type UserRef = Static<typeof UserRef>
export const UserLookup = Input({ email: Email })
export type UserLookup = Static<typeof UserLookup>

export const CreateInvitation = Input({ email: Email })
export type CreateInvitation = Static<typeof CreateInvitation>
/** `invitation` is given to `POST /auth/register` with the same e-mail address. It is shown this once. */
export const CreatedInvitation = Type.Object({ email: Type.String(), invitation: Type.String(), expiresAt: Timestamp })
export type CreatedInvitation = Static<typeof CreatedInvitation>

export const Session = Type.Object({
  id: IdOf('session'),
  userAgent: Nullable(Type.String()),
  ip: Nullable(Type.String()),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
  expiresAt: Timestamp,
  current: Type.Boolean(),
})
export type Session = Static<typeof Session>
export const SessionPage = PageOf(Session)
/** How many sessions were ended. */
export const Revoked = Type.Object({ revoked: Type.Integer() })
export type Revoked = Static<typeof Revoked>

export const ApiKey = Type.Object({
  id: IdOf('apiKey'),
  name: Type.String(),
  projectId: Nullable(IdOf('project')),
  role: ProjectRole,
  hint: Type.String({ description: 'The first characters of the key' }),
  createdAt: Timestamp,
  expiresAt: Nullable(Timestamp),
})
export type ApiKey = Static<typeof ApiKey>
export const ApiKeyPage = PageOf(ApiKey)
export const CreateApiKey = Input({
  name: Name,
  projectId: Type.Optional(IdOf('project')),
  role: ProjectRole,
  expiresAt: Type.Optional(Timestamp),
})
export type CreateApiKey = Static<typeof CreateApiKey>
/** `key` is shown this once; only its hash is kept. */
export const CreatedApiKey = Type.Object({ apiKey: ApiKey, key: Type.String() })
export type CreatedApiKey = Static<typeof CreatedApiKey>

export const Jwks = Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) })
