import { deriveKey, requireStrongSecret } from '@orrery/core'

/** Keys for one purpose each, all derived from ORRERY_SECRET_KEY, so that what leaks from one tells nothing about the others. */
export type Secrets = { readonly signingKeys: Uint8Array; readonly refreshTokens: Uint8Array; readonly invitations: Uint8Array }

/** Refuses a secret that was copied from an example or typed by hand. */
export function openSecrets(secret: string): Secrets {
  requireStrongSecret(secret)
  return {
    signingKeys: deriveKey(secret, 'signing keys'),
    refreshTokens: deriveKey(secret, 'refresh tokens'),
    invitations: deriveKey(secret, 'invitations'),
  }
}
