import { type Deps, every, ownCtx, type Repeated } from '@orrery/service-kit'
import { forgetEndedSessions } from './forget-ended-sessions.ts'

export const startSessionCare = (deps: Deps): Repeated =>
  every(deps, 'forgetting ended sessions', 3600_000, () => forgetEndedSessions(ownCtx(deps, 'auth:sessions')))
