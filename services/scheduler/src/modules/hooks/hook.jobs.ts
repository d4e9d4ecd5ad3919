import { type Deps, every, ownCtx, type Repeated } from '@orrery/service-kit'
import { forgetCalls } from './receive-call.ts'

const forgetEveryMs = 3_600_000

export const tendHooks = (deps: Deps): Repeated =>
  every(deps, 'old calls of hooks', forgetEveryMs, () => forgetCalls(ownCtx(deps, 'hooks')))
