import type { Ctx } from '@orrery/core'
import * as keys from './signing-key.repository.ts'

/** Every key whose tokens may still be valid. */
export const listPublicKeys = async (ctx: Ctx) => ({ keys: (await keys.publicKeys(ctx)).map((jwk) => ({ ...jwk })) })
