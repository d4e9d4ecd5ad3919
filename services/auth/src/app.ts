import { createService, type Deps, ownCtx, tokenAudience, tokenIssuer, tokenType } from '@orrery/service-kit'
import type { FastifyInstance } from 'fastify'
import { type AuthConfig, registrationOf } from './config.ts'
import type { Identity } from './context.ts'
import { apiKeyRoutes } from './modules/api-keys/api-key.routes.ts'
import { startLoginCare } from './modules/login/login.jobs.ts'
import { loginRoutes } from './modules/login/login.routes.ts'
import { startSessionCare } from './modules/sessions/session.jobs.ts'
import { sessionRoutes } from './modules/sessions/session.routes.ts'
import { createSigner, ensureSigningKey } from './modules/signing-keys/index.ts'
import { startKeyCare } from './modules/signing-keys/signing-key.jobs.ts'
import { signingKeyRoutes } from './modules/signing-keys/signing-key.routes.ts'
import { ensureAdmin } from './modules/users/index.ts'
import { meRoutes, userRoutes } from './modules/users/user.routes.ts'
import { openSecrets } from './secrets.ts'

export { AuthConfig } from './config.ts'

/** Who may come in: accounts, sessions, keys. */
export async function buildApp(deps: Deps, config: AuthConfig): Promise<FastifyInstance> {
  const secrets = openSecrets(config.ORRERY_SECRET_KEY)
  const token = { issuer: tokenIssuer, audience: tokenAudience, type: tokenType }
  const identity: Identity = { secrets, signer: createSigner(secrets), registration: registrationOf(config), token }
  await prepare(deps, config, identity)

  const app = createService(deps, { title: 'Orrery auth', rateLimit: config.ORRERY_RATE_LIMIT, trustProxy: config.ORRERY_TRUST_PROXY })
  const rateLimit = { max: config.ORRERY_AUTH_RATE_LIMIT, timeWindow: 60_000 }
  const prefix = '/api/v1'
  await app.register(signingKeyRoutes(deps))
  await app.register(meRoutes(deps, identity, rateLimit), { prefix })
  await app.register(loginRoutes(deps, identity, { rateLimit, publicUrl: config.ORRERY_PUBLIC_URL }), { prefix })
  await app.register(sessionRoutes(deps), { prefix })
  await app.register(userRoutes(deps, identity, rateLimit), { prefix })
  await app.register(apiKeyRoutes(deps), { prefix })

  const cares = [startKeyCare(deps, secrets), startSessionCare(deps), startLoginCare(deps)]
  app.addHook('onClose', async () => {
    for (const care of cares) await care.close()
  })
  return app as unknown as FastifyInstance
}

/** What must be there before the first request: a key to sign with and, if the settings name one, the administrator. */
async function prepare(deps: Deps, config: AuthConfig, { secrets, signer }: Identity): Promise<void> {
  const { ORRERY_ADMIN_EMAIL: email, ORRERY_ADMIN_PASSWORD: password } = config
  if ((email === undefined) !== (password === undefined)) {
    throw new Error('The settings are not valid:\n  ORRERY_ADMIN_EMAIL and ORRERY_ADMIN_PASSWORD: set both or none')
  }
  const ctx = ownCtx(deps, 'auth:start')
  await ensureSigningKey({ ...ctx, secrets })
  await signer.check(ctx)
  if (email !== undefined && password !== undefined) await ensureAdmin(ctx, { email, password })
}
