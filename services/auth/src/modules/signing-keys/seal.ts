import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from 'jose'

/** Encrypts a private key; the header binds it to its kid, so that two rows can't be swapped. */
export const seal = (jwk: JWK, kid: string, secret: Uint8Array): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(jwk))).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid }).encrypt(secret)

export async function unseal(sealed: string, kid: string, secret: Uint8Array) {
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, secret, {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  }).catch((cause: unknown) => {
    throw new Error(
      'ORRERY_SECRET_KEY does not open the signing keys of this database: set the one it was made with, or empty auth.signing_keys to begin anew',
      { cause },
    )
  })
  if (protectedHeader.kid !== kid) throw new Error(`Signing key ${kid} holds another key`)
  return importJWK(JSON.parse(new TextDecoder().decode(plaintext)) as JWK, 'EdDSA')
}
