import { audit, type Ctx, inTx, newId, publish } from '@orrery/core'
import type { ActivityAccepted, ActivityInput, Id } from '@orrery/shared-types'
import { addTally, lockReporters } from '../agents/index.ts'
import { tallyOf } from './activity.policy.ts'
import * as activities from './activity.repository.ts'

/** Keeps what agents say they did: all of it or, where one of them may not be spoken for, none. One audit entry and, for each agent, one event. */
export function recordActivity(ctx: Ctx, reports: ActivityInput[]): Promise<ActivityAccepted> {
  return inTx(ctx, async (ctx) => {
    const rows = reports.map((report) => ({ ...report, id: newId('activity') }))
    const byAgent = Map.groupBy(rows, (row) => row.agentId)
    const agentIds = [...byAgent.keys()].sort()
    await lockReporters(ctx, agentIds)
    await activities.insertAll(ctx, rows)
    await auditBatch(ctx, rows, agentIds)
    for (const agentId of agentIds) {
      const own = byAgent.get(agentId) ?? []
      const subject = await addTally(ctx, agentId, tallyOf(own))
      await publish(ctx, 'agent.activity', subject, { action: own.at(-1)?.action ?? '', count: own.length })
    }
    return { accepted: rows.length }
  })
}

async function auditBatch(ctx: Parameters<typeof audit>[0], rows: { id: Id<'activity'> }[], agentIds: Id<'agent'>[]): Promise<void> {
  const [first] = rows
  if (first)
    await audit(ctx, { action: 'activity.recorded', entityType: 'activity', entityId: first.id, after: { count: rows.length, agentIds } })
}
