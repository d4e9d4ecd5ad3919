import type { Ctx } from '@orrery/core'
import type { SignJWT } from 'jose'
import type { Secrets } from '../../secrets.ts'
import { unseal } from './seal.ts'
import * as keys from './signing-key.repository.ts'

/** Signs with the current key, which it reads again after half a minute. */
export type Signer = {
  sign: (ctx: Ctx, token: SignJWT, type: string) => Promise<string>
  /** Fails where the installation's secret doesn't open the current key. */
  check: (ctx: Ctx) => Promise<void>
}

const holdMs = 30_000

export function createSigner(secrets: Secrets): Signer {
  let held: { kid: string; key: Awaited<ReturnType<typeof unseal>>; until: number } | undefined

  async function read(ctx: Ctx) {
    const row = await keys.current(ctx)
    if (!row) throw new Error('There is no signing key')
    return { kid: row.kid, key: await unseal(row.sealed, row.kid, secrets.signingKeys), until: Date.now() + holdMs }
  }

  return {
    async check(ctx) {
      held = await read(ctx)
    },
    async sign(ctx, token, type) {
      if (!held || held.until < Date.now()) held = await read(ctx)
      return token.setProtectedHeader({ alg: 'EdDSA', kid: held.kid, typ: type }).sign(held.key)
    },
  }
}
