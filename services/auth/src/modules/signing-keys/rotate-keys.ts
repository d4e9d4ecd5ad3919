import { type Ctx, inTx, type TxCtx } from '@orrery/core'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { Secrets } from '../../secrets.ts'
import { seal } from './seal.ts'
import * as keys from './signing-key.repository.ts'

type KeyCtx = Ctx & { readonly secrets: Secrets }

const rotateEveryMs = 30 * 24 * 3600_000
/** Verifiers read keys they don't know at most once a second. */
const announceMs = 3000
/** A token lives 15 minutes, and a signer may hold a spent key for half a minute. */
const overlapMs = 30 * 60_000

/** Makes the first signing key, once, however many processes start together. */
export function ensureSigningKey({ secrets, ...outer }: KeyCtx): Promise<void> {
  return inTx(outer, async (ctx) => {
    await keys.lock(ctx)
    if (!(await keys.current(ctx))) await addKey(ctx, secrets, 0)
  })
}

/** Makes a new key. The one before it still verifies until the tokens it signed have ended. */
export function rotateKeys({ secrets, ...outer }: KeyCtx): Promise<string> {
  return inTx(outer, async (ctx) => {
    await keys.lock(ctx)
    const kid = await addKey(ctx, secrets, announceMs)
    await keys.supersedeOthers(ctx, kid)
    return kid
  })
}

/** Rotates by the calendar and forgets what is past its overlap. */
export function tendKeys(ctx: KeyCtx): Promise<void> {
  const { secrets } = ctx
  return inTx(ctx, async (ctx) => {
    await keys.lock(ctx)
    if (!(await keys.hasYounger(ctx, rotateEveryMs))) await rotateKeys({ ...ctx, secrets })
    await keys.removeSuperseded(ctx, overlapMs)
  })
}

async function addKey(ctx: TxCtx, secrets: Secrets, activeInMs: number): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const sealed = await seal(await exportJWK(privateKey), kid, secrets.signingKeys)
  await keys.insert(ctx, { kid, sealed, jwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' }, activeInMs })
  return kid
}
