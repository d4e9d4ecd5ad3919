import { AppError, audit, type Ctx, inTx, requireRole } from '@orrery/core'
import type { DeadLetter, Id, RedriveDeadLetters, Redriven, Run } from '@orrery/shared-types'
import type { SchedulerCtx } from '../../context.ts'
import { forkRun, lettersClosed, retryRun } from '../runs/index.ts'
import * as deadLetters from './dead-letter.repository.ts'
import { deadLetterNotFound } from './list-dead-letters.ts'

const most = 1000

/** Starts again the run in which a step was given up, from what failed in it. All that was given up in that run counts as redriven. */
export async function redriveDeadLetter(ctx: SchedulerCtx, id: Id<'step'>): Promise<Run> {
  const found = await openOne(ctx, id)
  return redrive(ctx, { runId: found.runId, stepKey: found.stepKey })
}

/** Starts again every run of a project in which a step was given up, or those of one queue. */
export async function redriveAll(ctx: SchedulerCtx, input: RedriveDeadLetters): Promise<Redriven> {
  await requireRole(ctx, input.projectId, 'operator')
  const found = await deadLetters.findOpenRuns(ctx, input, most + 1)
  const runs: Id<'run'>[] = []
  let left = Math.max(found.length - most, 0)
  for (const each of found.slice(0, most)) {
    try {
      runs.push((await redrive(ctx, each)).id)
    } catch (error) {
      if (!isOfItsRun(error)) throw error
      left += 1
    }
  }
  return { runs, left }
}

/** One run that can't be started again, as one that was forgotten, holds up none of the others. */
const isOfItsRun = (error: unknown) => error instanceof AppError && ['conflict', 'not_found', 'invalid'].includes(error.kind)

/** Takes a dead letter off the list without doing anything about it. */
export async function dismissDeadLetter(ctx: Ctx, id: Id<'step'>): Promise<void> {
  const found = await openOne(ctx, id)
  await inTx(ctx, async (ctx) => {
    if (!(await deadLetters.dismiss(ctx, id))) throw lettersClosed()
    await audit(ctx, {
      action: 'dead_letter.dismiss',
      entityType: 'step',
      entityId: id,
      projectId: found.projectId,
      after: { code: found.code },
    })
  })
}

async function openOne(ctx: Ctx, id: Id<'step'>): Promise<DeadLetter> {
  const row = await deadLetters.find(ctx, id)
  if (!row) throw deadLetterNotFound()
  const found = deadLetters.present(row)
  await requireRole(ctx, found.projectId, 'operator', 'dead_letter')
  if (found.redrivenAt !== null || found.dismissedAt !== null) throw lettersClosed()
  return found
}

/**
 * Of many who redrive at once, or retry the run beside it, one takes the letters up, in the transaction that begins the new
 * run. A run may have succeeded though a step of it was given up: its author allowed that step to fail.
 */
async function redrive(ctx: SchedulerCtx, { runId, stepKey }: { runId: Id<'run'>; stepKey: string }): Promise<Run> {
  try {
    return await retryRun(ctx, runId, 'take')
  } catch (error) {
    if (isCoded(error, 'run_succeeded')) return forkRun(ctx, runId, { fromStep: stepKey }, 'take')
    throw error
  }
}

const isCoded = (error: unknown, code: string) => error instanceof AppError && error.code === code
