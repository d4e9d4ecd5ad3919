import { audit, inTx, publish, requireRole, uuidOf } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import type { ArtifactCtx } from './artifact.context.ts'
import { artifactNotFound } from './artifact.errors.ts'
import { objectKeyOf } from './artifact.policy.ts'
import * as artifacts from './artifact.repository.ts'

/** Deletes an artifact at once. Should the object store be away, its bytes go with the orphans. */
export async function deleteArtifact(ctx: ArtifactCtx, id: Id<'artifact'>): Promise<void> {
  await inTx(ctx, async (ctx) => {
    const row = await artifacts.lock(ctx, id)
    if (!row) throw artifactNotFound()
    await requireRole(ctx, row.projectId, 'manager', 'artifact')
    const { runId, stepId, name, sizeBytes } = artifacts.toArtifact(row)
    await artifacts.remove(ctx, [id])
    const before = { runId, name, sizeBytes }
    await audit(ctx, { action: 'artifact.delete', entityType: 'artifact', entityId: id, projectId: row.projectId, before })
    const subject = { id, version: 2, projectId: row.projectId, lineageRef: runId }
    await publish(ctx, 'artifact.deleted', subject, { runId, stepId, reason: 'deleted' })
  })
  await ctx.objects.remove([objectKeyOf(uuidOf('artifact', id))]).catch(() => undefined)
}
