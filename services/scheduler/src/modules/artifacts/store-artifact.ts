import { pipeline, type Readable } from 'node:stream'
import { AppError, inTx, newId, publish, type TxCtx, uuidOf } from '@orrery/core'
import type { ArtifactUpload, StoredArtifact } from '@orrery/shared-types'
import { projectIdOf, readStepId, runIdOf, stepIdOf } from '../engine/index.ts'
import type { ArtifactCtx } from './artifact.context.ts'
import { leaseLost, nameTaken, notAsSaid, runFull, storeAway, tooLarge } from './artifact.errors.ts'
import { contentTypeOf, objectKeyOf } from './artifact.policy.ts'
import * as artifacts from './artifact.repository.ts'
import { Meter } from './meter.ts'

/**
 * Keeps a file of an attempt that holds its lease. The bytes come first and the row after them, in a transaction in
 * which the lease still holds; where that fails the bytes go again, so that there is both or neither.
 */
export async function storeArtifact(ctx: ArtifactCtx, upload: ArtifactUpload, body: Readable): Promise<StoredArtifact> {
  const ref = readStepId(upload.stepId)
  if (!ref) throw leaseLost()
  const attempt = { ...ref, attempt: upload.attempt }
  const { limits, objects } = ctx
  if (upload.sizeBytes > limits.maxBytes) throw tooLarge(limits.maxBytes)
  // what is refused in the end is better refused before it was sent
  if (!(await artifacts.holdsLease(ctx, attempt))) throw leaseLost()
  const known = await artifacts.findByName(ctx, attempt, upload.name)
  if (known) return repeated(known, upload)
  requireRoom(ctx, await artifacts.totals(ctx, attempt.run), upload)

  const id = newId('artifact')
  const key = objectKeyOf(uuidOf('artifact', id))
  await receive(ctx, key, upload, body)
  let kept: artifacts.ArtifactRow
  try {
    kept = await inTx(ctx, (tx) => record({ ...ctx, ...tx }, { id, key, attempt, upload }))
  } catch (error) {
    await drop(ctx, key)
    throw error
  }
  if (kept.id !== id) await objects.remove([key])
  return toStored(kept)
}

type Received = { id: artifacts.ArtifactRow['id']; key: string; attempt: artifacts.Attempt; upload: ArtifactUpload }

async function record(ctx: ArtifactCtx & TxCtx, { id, key, attempt, upload }: Received): Promise<artifacts.ArtifactRow> {
  await artifacts.lockTotals(ctx, attempt.run)
  const step = await artifacts.keepLease(ctx, attempt)
  if (!step) throw leaseLost()
  const known = await artifacts.findByName(ctx, attempt, upload.name)
  if (known) {
    repeated(known, upload)
    return known
  }
  requireRoom(ctx, await artifacts.totals(ctx, attempt.run), upload)
  const plan = await ctx.plans.get(step.workflow, step.version)
  const { name, sizeBytes, sha256 } = upload
  const row = await artifacts.insert(ctx, {
    id,
    projectId: projectIdOf(step.projectId),
    runId: attempt.run,
    ordinal: attempt.ordinal,
    attempt: attempt.attempt,
    stepKey: plan.nodes[step.node]?.key ?? '',
    itemIndex: step.item,
    name,
    contentType: contentTypeOf(name),
    sizeBytes,
    sha256,
    objectKey: key,
    keepDays: ctx.limits.keepDays,
  })
  const runId = runIdOf(attempt.run)
  const subject = { id, version: 1, projectId: row.projectId, lineageRef: runId }
  const { contentType } = row
  await publish(ctx, 'artifact.created', subject, { runId, stepId: stepIdOf(runId, attempt.ordinal), name, contentType, sizeBytes })
  return row
}

/** Takes the bytes in, and keeps them only when they are what was announced. */
async function receive(ctx: ArtifactCtx, key: string, { sizeBytes, sha256 }: ArtifactUpload, body: Readable): Promise<void> {
  const meter = new Meter(sizeBytes, () => notAsSaid('length'))
  // an end of either is the end of both
  pipeline(body, meter, () => undefined)
  await ctx.objects.put(key, meter).catch((error: unknown) => {
    if (error instanceof AppError) throw error
    throw body.errored ? notAsSaid('end') : storeAway(error)
  })
  const what = meter.bytes !== sizeBytes ? 'length' : meter.sha256() !== sha256 ? 'SHA-256' : null
  if (what === null) return
  await drop(ctx, key)
  throw notAsSaid(what)
}

/** What can't be removed now has no row, and is cleared away as an orphan later. */
const drop = ({ objects }: ArtifactCtx, key: string) => objects.remove([key]).catch(() => undefined)

/** A worker that did not hear the answer sends the same again. */
function repeated(known: artifacts.ArtifactRow, { name, sha256 }: ArtifactUpload): StoredArtifact {
  if (known.sha256 !== sha256) throw nameTaken(name)
  return toStored(known)
}

function requireRoom({ limits }: ArtifactCtx, { count, bytes }: { count: number; bytes: number }, { sizeBytes }: ArtifactUpload): void {
  if (count >= limits.runMaxCount) throw runFull(`${limits.runMaxCount} in number`)
  if (bytes + sizeBytes > limits.runMaxBytes) throw runFull(`${limits.runMaxBytes} bytes`)
}

const toStored = ({ id, name, sizeBytes, sha256 }: artifacts.ArtifactRow): StoredArtifact => ({ id, name, sizeBytes, sha256 })
