import { hkdfSync } from 'node:crypto'

/** Keys for one purpose each, all derived from ORRERY_SECRET_KEY, so that what leaks from one tells nothing about the others. */
export type Secrets = { readonly signingKeys: Uint8Array; readonly refreshTokens: Uint8Array; readonly invitations: Uint8Array }

const derive = (secret: string, purpose: string) => new Uint8Array(hkdfSync('sha256', secret, 'orrery', purpose, 32))

/** Refuses a secret that was copied from an example or typed by hand. */
export function openSecrets(secret: string): Secrets {
  const kinds = new Set(secret).size
  const looksCopied =
    /change.?me|example|secret|password|orrery|default|insecure/i.test(secret) ||
    '0123456789abcdef'.repeat(4).includes(secret.toLowerCase())
  if (secret.length < 32 || kinds < 12 || looksCopied) {
    throw new Error('The settings are not valid:\n  ORRERY_SECRET_KEY: is weak or an example; make one by `openssl rand -base64 48`')
  }
  return {
    signingKeys: derive(secret, 'signing keys'),
    refreshTokens: derive(secret, 'refresh tokens'),
    invitations: derive(secret, 'invitations'),
  }
}
