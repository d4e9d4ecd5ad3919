import { type Deps, every, ownCtx, type Repeated } from '@orrery/service-kit'
import { forgetOldFailures } from './slow-down.ts'

export const startLoginCare = (deps: Deps): Repeated =>
  every(deps, 'forgetting failed logins', 3600_000, () => forgetOldFailures(ownCtx(deps, 'auth:login')))
