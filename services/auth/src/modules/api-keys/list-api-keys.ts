import type { Ctx } from '@orrery/core'
import type { ApiKey, Page, PageQuery } from '@orrery/shared-types'
import { requireSession } from '../sessions/index.ts'
import * as apiKeys from './api-key.repository.ts'

export async function listApiKeys(ctx: Ctx, query: PageQuery): Promise<Page<ApiKey>> {
  const page = await apiKeys.list(ctx, requireSession(ctx).userId, query)
  return { ...page, items: page.items.map(apiKeys.toApiKey) }
}
