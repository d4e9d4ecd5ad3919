import { createHash, randomBytes } from 'node:crypto'
import { audit, type Ctx, inTx, invalid, newId, publish, requireRole } from '@orrery/core'
import type { CreateApiKey, CreatedApiKey } from '@orrery/shared-types'
import { requireSession } from '../sessions/index.ts'
import * as apiKeys from './api-key.repository.ts'

/** Makes a key that may do what its person may do, cut down to a role and, if given, to one project. Only its hash is kept. */
export function createApiKey(ctx: Ctx, input: CreateApiKey): Promise<CreatedApiKey> {
  return inTx(ctx, async (ctx) => {
    const { userId } = requireSession(ctx)
    if (input.expiresAt && new Date(input.expiresAt) <= new Date()) throw invalid('/expiresAt', 'must be in the future')
    if (input.projectId) await requireRole(ctx, input.projectId, input.role)
    const key = `ork_${randomBytes(32).toString('base64url')}`
    const { name, role, projectId = null, expiresAt = null } = input
    const values = { id: newId('apiKey'), userId, name, role, projectId, expiresAt, hint: key.slice(0, 10) }
    const row = await apiKeys.insert(ctx, values, createHash('sha256').update(key).digest())
    const apiKey = apiKeys.toApiKey(row)
    await audit(ctx, { action: 'api_key.created', entityType: 'apiKey', entityId: row.id, projectId, after: apiKey })
    await publish(ctx, 'api_key.created', { id: row.id, version: row.version, audience: [userId] }, { name })
    return { apiKey, key }
  })
}
