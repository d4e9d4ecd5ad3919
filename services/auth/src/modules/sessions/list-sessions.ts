import { AppError, type Ctx } from '@orrery/core'
import type { Id, Page, PageQuery, Session } from '@orrery/shared-types'
import * as sessions from './session.repository.ts'

/** The person and session behind the request. A key can't manage what belongs to its person. */
export function requireSession(ctx: Ctx): { userId: Id<'user'>; sessionId: Id<'session'> } {
  if (ctx.actor.kind !== 'user')
    throw new AppError('forbidden', 'session_needed', 'This needs a person who is logged in; an API key will not do')
  return ctx.actor
}

/** The caller's living sessions, with which of them asks. */
export async function listSessions(ctx: Ctx, query: PageQuery): Promise<Page<Session>> {
  const { userId, sessionId } = requireSession(ctx)
  const page = await sessions.list(ctx, userId, query)
  return { ...page, items: page.items.map((row) => ({ ...row, current: row.id === sessionId })) }
}
