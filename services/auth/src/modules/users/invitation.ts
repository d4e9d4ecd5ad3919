import { jwtVerify, SignJWT } from 'jose'
import { emailKeyOf } from './identity.policy.ts'

const typ = 'orrery-invitation+jwt'

/** An invitation works for one address, and once, since an address has one account. */
export const signInvitation = (email: string, expiresAt: Date, secret: Uint8Array): Promise<string> =>
  new SignJWT({}).setProtectedHeader({ alg: 'HS256', typ }).setSubject(emailKeyOf(email)).setExpirationTime(expiresAt).sign(secret)

export async function isInvited(email: string, invitation: string | undefined, secret: Uint8Array): Promise<boolean> {
  if (invitation === undefined) return false
  const options = { algorithms: ['HS256'], typ, requiredClaims: ['exp', 'sub'], subject: emailKeyOf(email) }
  return jwtVerify(invitation, secret, options).then(
    () => true,
    () => false,
  )
}
