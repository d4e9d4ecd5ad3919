import type { Ctx } from '@orrery/core'
import type { VectorIndex } from './clients/chroma.ts'

/** What this service's verbs get beside the common context. */
export type MemoryCtx = Ctx & { readonly index: VectorIndex }
