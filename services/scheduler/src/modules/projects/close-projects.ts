import { AppError } from '@orrery/core'
import type { HookCtx } from '../../context.ts'
import { updateHook } from '../hooks/index.ts'
import { cancelRun } from '../runs/index.ts'
import { pauseSchedule } from '../schedules/index.ts'
import { updateWebhook } from '../webhooks/index.ts'
import { findLeftovers, type Leftover } from './project.repository.ts'

const lookBackDays = 30
const atOnce = 500

/** Ends what still goes on for projects that were deleted: nobody sees it any more. Answers how much there was. */
export async function closeProjects(ctx: HookCtx): Promise<number> {
  const leftovers = await findLeftovers(ctx, lookBackDays, atOnce)
  const failures: unknown[] = []
  // one that can't be ended must not keep the others going
  for (const each of leftovers) await end(ctx, each).catch((error: unknown) => isEnded(error) || failures.push(error))
  if (failures.length > 0) throw failures[0]
  return leftovers.length
}

function end(ctx: HookCtx, leftover: Leftover): Promise<unknown> {
  if (leftover.kind === 'schedule') return pauseSchedule(ctx, leftover.id)
  if (leftover.kind === 'hook') return updateHook(ctx, leftover.id, { enabled: false }, undefined)
  if (leftover.kind === 'webhook') return updateWebhook(ctx, leftover.id, { enabled: false }, undefined)
  return cancelRun(ctx, leftover.id)
}

/** Another scheduler was faster, or it ended by itself. */
const isEnded = (error: unknown): boolean => error instanceof AppError && (error.kind === 'conflict' || error.kind === 'not_found')
