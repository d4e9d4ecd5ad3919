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
type NewCall = { id: string; hookId: string; messageId: string | null; runId: string }

/** Writes a call down as the one that starts a run. False where its message did so before. */
export async function claim(client: Pick<ClientBase, 'query'>, { id, hookId, messageId, runId }: NewCall): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'hook-claim',
    text: `insert into scheduler.hook_calls (id, hook_id, outcome, message_id, run_id) values ($1, $2, 'accepted', $3, $4)
           on conflict (hook_id, message_id) where outcome = 'accepted' do nothing`,
    values: [id, hookId, messageId, runId],
  })
  return rowCount === 1
}

export async function insertRejected(
  ctx: Ctx,
  row: { id: Id<'hookCall'>; hookId: Id<'hook'>; reason: string; detail: string; messageId: string | null },
): Promise<void> {
  await ctx.db.insert(hookCalls).values({ ...row, outcome: 'rejected' })
}

export type Keep = { acceptedDays: number; rejectedDays: number; rejectedOfEach: number }

/** Forgets calls of long ago, those of hooks that are gone, and refused ones beyond the latest of each hook. Answers how many. */
export async function forget(ctx: TxCtx, keep: Keep, limit: number): Promise<number> {
  const { rowCount } = await ctx.db.execute(sql`
    delete from ${hookCalls} where id in (
      select c.id from ${hookCalls} c
      left join (
        select id, row_number() over (partition by hook_id order by at desc) as place from ${hookCalls} where outcome = 'rejected') r on r.id = c.id
      where c.at < now() - ${keep.acceptedDays}::int * interval '1 day'
        or (c.outcome = 'rejected' and (c.at < now() - ${keep.rejectedDays}::int * interval '1 day' or r.place > ${keep.rejectedOfEach}::int))
        or not exists (select 1 from ${hooks} h where h.id = c.hook_id)
      limit ${limit}::int)`)
  return rowCount ?? 0
}
