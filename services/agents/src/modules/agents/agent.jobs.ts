import { type Deps, every, ownCtx, type Repeated } from '@orrery/service-kit'
import { moveSilentOffline } from './set-agent-status.ts'

export const startSilenceWatch = (deps: Deps): Repeated =>
  every(deps, 'looking for silent agents', 10_000, () => moveSilentOffline(ownCtx(deps, 'agents:silence')))
