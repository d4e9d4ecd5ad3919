import { type Ctx, keyset, type TxCtx, toPage } from '@orrery/core'
import type { HookCall, HookCallOutcome, HookCallQuery, Id, Page } from '@orrery/shared-types'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { ClientBase } from 'pg'
import { hookCalls, hooks } from './hook.table.ts'

export async function list(ctx: Ctx, hookId: Id<'hook'>, outcomes: HookCallOutcome[], query: HookCallQuery): Promise<Page<HookCall>> {
  const page = keyset(query, { at: hookCalls.at }, hookCalls.id, '-at')
  const found = await ctx.db
    .select()
    .from(hookCalls)
    .where(and(eq(hookCalls.hookId, hookId), outcomes.length > 0 ? inArray(hookCalls.outcome, outcomes) : undefined, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  return toPage(
    found.map((row) => ({ ...row, outcome: row.outcome as HookCallOutcome })),
    page,
  )
}

/** Ids are UUIDs. */
type NewCall = { id: string; hookId: string; messageId: string | null; bodyHash: string; runId: string }

/** Writes a call down as the one that starts a run. False where its message did so before. */
export async function claim(client: Pick<ClientBase, 'query'>, { id, hookId, messageId, bodyHash, runId }: NewCall): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'hook-claim',
    text: `insert into scheduler.hook_calls (id, hook_id, outcome, message_id, body_hash, run_id) values ($1, $2, 'accepted', $3, $4, $5)
           on conflict (hook_id, message_id) where outcome = 'accepted' do nothing`,
    values: [id, hookId, messageId, bodyHash, runId],
  })
  return rowCount === 1
}

/** The call with which a message started its run. */
export async function findAccepted(ctx: Ctx, hookId: Id<'hook'>, messageId: string) {
  const found = await ctx.db
    .select({ runId: hookCalls.runId, bodyHash: hookCalls.bodyHash })
    .from(hookCalls)
    .where(and(eq(hookCalls.hookId, hookId), eq(hookCalls.messageId, messageId), sql`${hookCalls.outcome} = 'accepted'`))
  return found[0]
}

/** Writes down a call that started nothing. */
export async function insert(
  ctx: Ctx,
  row: typeof hookCalls.$inferInsert & { outcome: Exclude<HookCallOutcome, 'accepted'> },
): Promise<void> {
  await ctx.db.insert(hookCalls).values(row)
}

export type Keep = { acceptedDays: number; otherDays: number; othersOfEach: number }

/** Forgets calls of long ago, those of hooks that are gone, and those that started nothing beyond the latest of each hook. Answers how many. */
export async function forget(ctx: TxCtx, keep: Keep, limit: number): Promise<number> {
  const { rowCount } = await ctx.db.execute(sql`
    delete from ${hookCalls} where id in (
      select c.id from ${hookCalls} c
      left join (
        select id, row_number() over (partition by hook_id order by at desc) as place from ${hookCalls} where outcome <> 'accepted') r on r.id = c.id
      where c.at < now() - ${keep.acceptedDays}::int * interval '1 day'
        or (c.outcome <> 'accepted' and (c.at < now() - ${keep.otherDays}::int * interval '1 day' or r.place > ${keep.othersOfEach}::int))
        or not exists (select 1 from ${hooks} h where h.id = c.hook_id)
      limit ${limit}::int)`)
  return rowCount ?? 0
}
