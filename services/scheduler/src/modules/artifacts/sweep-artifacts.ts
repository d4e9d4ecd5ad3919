import { inTx, publish } from '@orrery/core'
import type { ArtifactCtx } from './artifact.context.ts'
import { objectPrefix } from './artifact.policy.ts'
import * as artifacts from './artifact.repository.ts'

const atOnce = 100
const orphanAfterMs = 24 * 3_600_000

/** Deletes what is past its time: the bytes, then the rows. Answers how many. Every replica may do it at the same time. */
export async function dropExpired(ctx: ArtifactCtx): Promise<number> {
  for (let dropped = 0; ; ) {
    const count = await inTx(ctx, async (tx) => {
      const rows = await artifacts.lockExpired(tx, atOnce)
      if (rows.length === 0) return 0
      await ctx.objects.remove(rows.map((row) => row.objectKey))
      const ids = rows.map((row) => row.id)
      await artifacts.remove(tx, ids)
      for (const { id, projectId, runId, stepId } of rows.map(artifacts.toArtifact))
        await publish(tx, 'artifact.deleted', { id, version: 2, projectId, lineageRef: runId }, { runId, stepId, reason: 'expired' })
      return rows.length
    })
    dropped += count
    if (count < atOnce) return dropped
  }
}

/**
 * Deletes objects that no artifact leads to, left by uploads that broke off between bytes and row. Only those of more
 * than a day ago: the row of a younger one may be on its way. One replica at a time does it.
 */
export async function dropOrphans(ctx: ArtifactCtx): Promise<number> {
  const before = new Date(ctx.engine.now() - orphanAfterMs)
  const count = await artifacts.alone(ctx.pool, async () => {
    let dropped = 0
    for await (const page of ctx.objects.list(objectPrefix)) {
      const old = page.filter((each) => each.modifiedAt < before).map((each) => each.key)
      const known = await artifacts.knownKeys(ctx, old)
      const orphans = old.filter((key) => !known.has(key))
      await ctx.objects.remove(orphans)
      dropped += orphans.length
    }
    await ctx.objects.clearUnfinished(before)
    return dropped
  })
  return count ?? 0
}
