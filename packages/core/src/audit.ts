import type { IdKind } from '@orrery/shared-types'
import { sql } from 'drizzle-orm'
import type { Actor, TxCtx } from './context.ts'

export type AuditEntry = {
  action: string
  entityType: IdKind
  entityId: string
  projectId?: string | null
  before?: unknown
  after?: unknown
}

export const actorId = (actor: Actor): string => (actor.kind === 'user' ? actor.userId : actor.id)

/** Records who changed what, in the transaction of the change: one entry for each change. Never pass a secret. */
export async function audit(ctx: TxCtx, entry: AuditEntry): Promise<void> {
  await ctx.db.execute(sql`
    insert into platform.audit_log (actor_kind, actor_id, action, entity_type, entity_id, project_id, before, after, ip, request_id)
    values (${ctx.actor.kind}, ${actorId(ctx.actor)}, ${entry.action}, ${entry.entityType}, ${entry.entityId}, ${entry.projectId ?? null},
            ${json(entry.before)}, ${json(entry.after)}, ${ctx.ip}, ${ctx.requestId})`)
}

const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value))
