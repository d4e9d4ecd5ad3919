import { createHash, createHmac, randomBytes } from 'node:crypto'

/** Only hashes are kept: a copy of the table opens no session. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

export const newRefreshToken = (): string => `ort_${randomBytes(32).toString('base64url')}`

/** The token that follows another one: always the same, so it can be given again, and not to be guessed without the installation's secret. */
export const successorOf = (token: string, secret: Uint8Array): string =>
  `ort_${createHmac('sha256', secret).update(token).digest('base64url')}`
