import { type Deps, every, ownCtx, type Repeated } from '@orrery/service-kit'
import type { Secrets } from '../../secrets.ts'
import { tendKeys } from './rotate-keys.ts'

export const startKeyCare = (deps: Deps, secrets: Secrets): Repeated =>
  every(deps, 'tending the signing keys', 10 * 60_000, () => tendKeys({ ...ownCtx(deps, 'auth:keys'), secrets }))
