import { type Ctx, notFound } from '@orrery/core'
import type { Approval, ApprovalQuery, Id, Page } from '@orrery/shared-types'
import * as approvals from './approval.repository.ts'

/** What steps ask in the caller's projects, newest first. */
export const listApprovals = (ctx: Ctx, query: ApprovalQuery): Promise<Page<Approval>> => approvals.list(ctx, query)

export async function getApproval(ctx: Ctx, id: Id<'step'>): Promise<Approval> {
  const found = await approvals.find(ctx, id)
  if (!found) throw notFound('approval')
  return found
}
