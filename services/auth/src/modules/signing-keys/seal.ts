import { unseal as open, seal as sealText } from '@orrery/core'
import { importJWK, type JWK } from 'jose'

/** Encrypts a private key, bound to its kid. */
export const seal = (jwk: JWK, kid: string, secret: Uint8Array): Promise<string> => sealText(JSON.stringify(jwk), kid, secret)

export async function unseal(sealed: string, kid: string, secret: Uint8Array) {
  const text = await open(sealed, kid, secret).catch((cause: unknown) => {
    throw new Error(
      'ORRERY_SECRET_KEY does not open the signing keys of this database: set the one it was made with, or empty auth.signing_keys to begin anew',
      { cause },
    )
  })
  return importJWK(JSON.parse(text) as JWK, 'EdDSA')
}
