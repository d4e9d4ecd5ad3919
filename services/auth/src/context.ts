import type { Ctx } from '@orrery/core'
import type { Registration } from './config.ts'
import type { Signer } from './modules/signing-keys/index.ts'
import type { Secrets } from './secrets.ts'

/** What services agree to find in an access token. */
export type TokenNames = { issuer: string; audience: string; type: string }

/** What this service's verbs get beside the common context. */
export type Identity = {
  readonly secrets: Secrets
  readonly signer: Signer
  readonly registration: Registration
  readonly token: TokenNames
}
export type AuthCtx = Ctx & Identity
