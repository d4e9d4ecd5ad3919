import type { Ctx, TxCtx } from '@orrery/core'
import { inArray, lt, sql } from 'drizzle-orm'
import { loginFailures } from './login-failure.table.ts'

/** How often each key failed, and how many seconds ago the last time. An hour of peace forgives. */
export async function read(ctx: Ctx, keys: string[]): Promise<Map<string, { failures: number; agoSeconds: number }>> {
  const agoSeconds = sql<number>`extract(epoch from clock_timestamp() - ${loginFailures.lastAt})::float8`
  const rows = await ctx.db
    .select({ key: loginFailures.key, failures: loginFailures.failures, agoSeconds })
    .from(loginFailures)
    .where(inArray(loginFailures.key, keys))
  return new Map(rows.map((row) => [row.key, row]))
}

export async function count(ctx: TxCtx, keys: string[]): Promise<void> {
  const calm = sql`${loginFailures.lastAt} < now() - interval '1 hour'`
  await ctx.db
    .insert(loginFailures)
    .values([...keys].sort().map((key) => ({ key, failures: 1, lastAt: sql`clock_timestamp()` })))
    .onConflictDoUpdate({
      target: loginFailures.key,
      set: { failures: sql`case when ${calm} then 1 else ${loginFailures.failures} + 1 end`, lastAt: sql`clock_timestamp()` },
    })
}

export const clear = (ctx: TxCtx, keys: string[]) => ctx.db.delete(loginFailures).where(inArray(loginFailures.key, keys))

export const removeOld = (ctx: TxCtx) => ctx.db.delete(loginFailures).where(lt(loginFailures.lastAt, sql`now() - interval '1 day'`))
