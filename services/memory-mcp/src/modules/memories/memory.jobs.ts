import { type Deps, every, ownCtx, type Repeated } from '@orrery/service-kit'
import type { VectorIndex } from '../../clients/chroma.ts'
import { forgetExpired } from './forget-memory.ts'
import { indexPending } from './index-memories.ts'

export const startIndexing = (deps: Deps, index: VectorIndex): Repeated =>
  every(deps, 'telling the index', 2000, () => indexPending({ ...ownCtx(deps, 'memory:index'), index }))

export const startForgetting = (deps: Deps): Repeated =>
  every(deps, 'forgetting expired memories', 30_000, () => forgetExpired(ownCtx(deps, 'memory:expiry')))
