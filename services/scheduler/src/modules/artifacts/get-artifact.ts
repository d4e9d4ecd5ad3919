import type { Readable } from 'node:stream'
import { type Ctx, notFound } from '@orrery/core'
import type { Artifact, ArtifactQuery, Id, Page } from '@orrery/shared-types'
import type { ArtifactCtx } from './artifact.context.ts'
import { artifactNotFound, storeAway } from './artifact.errors.ts'
import * as artifacts from './artifact.repository.ts'

export async function getArtifact(ctx: Ctx, id: Id<'artifact'>): Promise<Artifact> {
  const row = await artifacts.find(ctx, id)
  if (!row) throw artifactNotFound()
  return artifacts.toArtifact(row)
}

/** What the steps of a run left behind, in the order in which it came. */
export async function listArtifacts(ctx: Ctx, run: Id<'run'>, query: ArtifactQuery): Promise<Page<Artifact>> {
  if (!(await artifacts.canSeeRun(ctx, run))) throw notFound('run')
  return artifacts.list(ctx, run, query)
}

/** The bytes of an artifact, or some of them, as a stream. */
export async function openArtifact(ctx: ArtifactCtx, id: Id<'artifact'>, range?: { from: number; to: number }): Promise<Readable> {
  const row = await artifacts.find(ctx, id)
  if (!row) throw artifactNotFound()
  const body = await ctx.objects.get(row.objectKey, range).catch((error: unknown) => {
    throw storeAway(error)
  })
  // it was deleted since, or somebody emptied the store
  if (!body) throw artifactNotFound()
  return body
}
