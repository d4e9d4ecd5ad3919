import { audit, type Ctx, inTx, notFound, publish, type TxCtx } from '@orrery/core'
import type { Id } from '@orrery/shared-types'
import { requireSession } from '../sessions/index.ts'
import * as apiKeys from './api-key.repository.ts'

/** Stops one key of the caller for good. */
export function revokeApiKey(ctx: Ctx, id: Id<'apiKey'>): Promise<void> {
  return inTx(ctx, async (ctx) => {
    const rows = await apiKeys.revoke(ctx, requireSession(ctx).userId, id)
    if (rows.length === 0) throw notFound('api_key')
    await announce(ctx, rows)
  })
}

/** Stops every key of a person. */
export const revokeApiKeysOf = async (ctx: TxCtx, userId: Id<'user'>): Promise<void> => announce(ctx, await apiKeys.revoke(ctx, userId))

async function announce(ctx: TxCtx, rows: apiKeys.ApiKeyRow[]): Promise<void> {
  for (const row of rows) {
    await audit(ctx, {
      action: 'api_key.revoked',
      entityType: 'apiKey',
      entityId: row.id,
      projectId: row.projectId,
      before: apiKeys.toApiKey(row),
    })
    await publish(ctx, 'api_key.revoked', { id: row.id, version: row.version, audience: [row.userId] }, {})
  }
}
