import { hkdfSync } from 'node:crypto'
import { CompactEncrypt, compactDecrypt } from 'jose'

/** A key for one purpose, derived from ORRERY_SECRET_KEY, so that what leaks from one tells nothing about the others. */
export const deriveKey = (secret: string, purpose: string) => new Uint8Array(hkdfSync('sha256', secret, 'orrery', purpose, 32))

/** Refuses an ORRERY_SECRET_KEY that was copied from an example or typed by hand. */
export function requireStrongSecret(secret: string): void {
  const kinds = new Set(secret).size
  const looksCopied =
    /change.?me|example|secret|password|orrery|default|insecure/i.test(secret) ||
    '0123456789abcdef'.repeat(4).includes(secret.toLowerCase())
  if (secret.length < 32 || kinds < 12 || looksCopied) {
    throw new Error('The settings are not valid:\n  ORRERY_SECRET_KEY: is weak or an example; make one by `openssl rand -base64 48`')
  }
}

/** Encrypts a text (JWE, A256GCM). The header binds it to the row that holds it, so that two rows can't be swapped. */
export const seal = (text: string, boundTo: string, key: Uint8Array): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: boundTo }).encrypt(key)

/** Gives back what was sealed for that row; fails with another key and for another row. */
export async function unseal(sealed: string, boundTo: string, key: Uint8Array): Promise<string> {
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  })
  if (protectedHeader.kid !== boundTo) throw new Error(`What is sealed for ${boundTo} belongs to another row`)
  return new TextDecoder().decode(plaintext)
}

/** Seals and opens with one key. */
export type Vault = {
  seal: (text: string, boundTo: string) => Promise<string>
  unseal: (sealed: string, boundTo: string) => Promise<string>
}

export const openVault = (key: Uint8Array): Vault => ({
  seal: (text, boundTo) => seal(text, boundTo, key),
  unseal: (sealed, boundTo) => unseal(sealed, boundTo, key),
})
