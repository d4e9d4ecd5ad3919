import type { Ctx, SqlPool } from '@orrery/core'
import type { ObjectStore } from '../../clients/object-store.ts'
import type { Machinery } from '../../context.ts'

export type ArtifactLimits = { maxBytes: number; runMaxBytes: number; runMaxCount: number; keepDays: number }

/** What the verbs of artifacts need beside the rest: where the bytes lie, and how many there may be. */
export type ArtifactMachinery = Machinery & { objects: ObjectStore; limits: ArtifactLimits; pool: SqlPool }
export type ArtifactCtx = Ctx & ArtifactMachinery
