import { type Ctx, choices, notFound } from '@orrery/core'
import { type Hook, type HookCall, type HookCallQuery, type HookQuery, hookCallOutcomes, type Id, type Page } from '@orrery/shared-types'
import * as hooks from './hook.repository.ts'
import * as calls from './hook-call.repository.ts'

export const hookNotFound = () => notFound('hook')

export async function getHook(ctx: Ctx, id: Id<'hook'>): Promise<Hook> {
  const hook = await hooks.find(ctx, id)
  if (!hook) throw hookNotFound()
  return hook
}

export const listHooks = (ctx: Ctx, query: HookQuery): Promise<Page<Hook>> => hooks.list(ctx, query)

/** What came in, the latest first. */
export async function listCalls(ctx: Ctx, id: Id<'hook'>, query: HookCallQuery): Promise<Page<HookCall>> {
  await getHook(ctx, id)
  return calls.list(ctx, id, query.outcome === undefined ? [] : choices(query.outcome, hookCallOutcomes, '/outcome'), query)
}
